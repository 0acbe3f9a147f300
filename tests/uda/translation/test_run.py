"""From a rendered set to a translated one, which is read and trained on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from reid_datasets.benchmarks import load as read
from reid_datasets.errors import DatasetError
from reid_datasets.masks import with_masks
from scipy.io import savemat
from typer.testing import CliRunner

from tests.mars_tree import write_mars_tree
from tests.masked_tree import RENDERER, write_masked_tree
from tests.uda.miniature import train_small
from tests.uda.translation.conftest import Translated
from tests.uda.translation.miniature import SMALL, translate_small
from uda.cli import app
from uda.errors import ConfigError, RunError, TrainingError
from uda.runs import checkpoint, directory
from uda.translation.methods.cyclegan import CycleGan, Made, Terms
from uda.translation.pictures import Pair
from uda.translation.reading import load
from uda.translation.settings import METHODS, Settings
from uda.translation.state import FORMAT


@pytest.mark.parametrize("method", ["cyclegan", "spgan", "ptgan"])
def test_labels_and_masks_are_carried_over(
    finished: Translated, rendered: Path, method: str
) -> None:
    result = finished(method=method)
    before, after = read("synthetic", rendered), read("synthetic", result.written.root)
    assert result.written.pictures == sum(
        len(tracklet.frames) for tracklet in (*before.train, *before.gallery)
    )
    for part in ("train", "query", "gallery"):
        for one, other in zip(getattr(before, part), getattr(after, part), strict=True):
            assert (one.person_id, one.camera_id) == (other.person_id, other.camera_id)
            assert one.frames.names == other.frames.names
    one, other = (
        with_masks(root, split.train)[1].frames.read([1])[0]
        for root, split in ((rendered, before), (result.written.root, after))
    )
    assert torch.equal(one[3], other[3])
    assert one.shape == other.shape
    assert (one[:3].float() - other[:3].float()).abs().mean() > 2
    table = "crops/000000.parquet"
    assert (result.written.root / table).read_bytes() == (rendered / table).read_bytes()


def test_a_training_reads_the_translated_set(
    tiny: str, finished: Translated, real: Path, tmp_path: Path
) -> None:
    result = finished(method="spgan")
    trained = train_small(
        tmp_path / "run",
        (result.written.root, real),
        "training.epochs=1",
        "training.steps=1",
        "evaluation.every=0",
        source="synthetic",
        method="source_only",
    )
    assert trained.evaluation is not None
    assert trained.source_evaluation is not None


def test_the_set_says_what_became_of_it(finished: Translated, rendered: Path) -> None:
    root = finished().written.root
    described = json.loads((root / "dataset.json").read_text())
    # What the generator continues a set by: it would render over the translated pictures.
    assert described["renderer"] == f"uda translate (cyclegan) of {RENDERER}"
    assert not (root / "shots").exists()
    translation = json.loads((root / "translation.json").read_text())
    assert described["translation"] == translation
    assert translation["target"]["name"] == "mars"
    assert translation["flicker"] == finished().written.flicker
    assert sorted(path.name for path in root.rglob("*.part")) == []


def test_junk_is_left_out_and_counted(finished: Translated, rendered: Path) -> None:
    result = finished()
    junk = list((rendered / "bbox_test/00-1").glob("*.jpg"))
    said = json.loads((result.output / "result.json").read_text())
    assert said["left_out"] == len(junk) > 0
    assert not (result.written.root / "bbox_test/00-1").exists()


def test_samples_and_curves_are_there_to_watch(tmp_path: Path, rendered: Path, real: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    how = ("monitoring.samples_every=2", "monitoring.loggers=tensorboard")
    result = translate_small(tmp_path / "run", rendered, real, *how, method="ptgan")
    found = sorted(path.name for path in (result.output / "samples").iterdir())
    assert found == ["000002.png", "000004.png", "000006.png"]
    picture = np.asarray(Image.open(result.output / "samples/000006.png"))
    assert picture.shape == (14 + 2 * 32, 6 * 16 + 4, 3)  # two rows: source, its way, target's
    events = EventAccumulator(str(result.output / "tensorboard"))
    events.Reload()
    assert "samples" in events.Tags()["images"]
    assert "loss/generators/foreground" in events.Tags()["scalars"]
    lines = (result.output / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == list(range(1, 7))
    assert json.loads(lines[-1])["schedule/learning_rate"] < 2e-4


def test_still_images_of_another_layout(tmp_path: Path, real: Path) -> None:
    root = tmp_path / "market"
    rng = np.random.default_rng(0)
    for folder, people in (
        ("bounding_box_train", (1, 2, 3)),
        ("query", (4,)),
        ("bounding_box_test", (4, 5, -1)),
    ):
        (root / folder).mkdir(parents=True)
        for person in people:
            for camera in (1, 2):
                pixels = rng.integers(0, 255, (30, 14, 3), dtype=np.uint8)
                name = f"{person:04d}" if person > 0 else "-1"
                Image.fromarray(pixels).save(root / folder / f"{name}_c{camera}s1_000001_01.jpg")
    result = translate_small(tmp_path / "run", root, real, data="market1501")
    after = read("market1501", result.written.root)
    assert len(after.train) == 6
    assert len(after.gallery) == 4
    assert result.written.flicker is None
    assert result.written.pictures == 12


def test_targets_are_pooled(tmp_path: Path, rendered: Path, real: Path) -> None:
    other = write_mars_tree(tmp_path / "other", seed=5)
    result = translate_small(tmp_path / "run", rendered, [real, other], "pictures.pooling=even")
    said = json.loads((result.output / "result.json").read_text())
    assert said["target"]["root"] != said["target_2"]["root"]


def test_ptgan_needs_masks(tmp_path: Path, real: Path) -> None:
    with pytest.raises(DatasetError, match=r"Expected masks of people .*needs no masks"):
        translate_small(tmp_path / "run", real, real, method="ptgan", data="mars")
    assert not (tmp_path / "run").exists()


def test_a_target_without_training_tracklets(tmp_path: Path, rendered: Path) -> None:
    empty = write_masked_tree(tmp_path / "empty", train_people=1)
    junk = np.array([[1, 1, -1, 1]], np.int32)  # a training half without anybody
    savemat(empty / "info/tracks_train_info.mat", {"track_train_info": junk})
    (empty / "info/train_name.txt").write_text("00-1C1T0001F001.jpg\n")
    with pytest.raises(DatasetError, match="Expected training tracklets of mars"):
        translate_small(tmp_path / "run", rendered, empty)
    with pytest.raises(DatasetError, match="Expected a MARS tree"):
        translate_small(tmp_path / "run", rendered, tmp_path / "nothing")


def test_videos_are_refused_before_any_work(tmp_path: Path, rendered: Path, real: Path) -> None:
    with pytest.raises(DatasetError, match=r"Expected image files to translate"):
        translate_small(tmp_path / "run", real, real, data="mars+gamma0.5-2.0")
    assert not (tmp_path / "run").exists()


def test_a_damaged_picture_is_named(tmp_path: Path, real: Path) -> None:
    root = write_masked_tree(tmp_path / "set", size=(40, 20))
    victim = sorted((root / "bbox_test/0006").iterdir())[0]
    victim.write_bytes(victim.read_bytes()[:60])
    with pytest.raises(DatasetError, match=victim.name):
        translate_small(tmp_path / "run", root, real)


def test_a_half_written_tree_of_somebody_else_is_not_touched(
    tmp_path: Path, rendered: Path, real: Path
) -> None:
    output = tmp_path / "run"
    translate_small(output, rendered, real)
    (output / "translated").rename(output / "translated.part")
    with pytest.raises(RunError, match=r"Delete that folder, and it is written again"):
        translate_small(output, rendered, real, resume=True)
    (output / "translated").mkdir()
    (output / "translated/notes.txt").write_text("mine")
    with pytest.raises(RunError, match="Nothing was overwritten"):
        translate_small(output, rendered, real, resume=True)


def test_a_loss_that_is_no_number_stops_the_training(
    tmp_path: Path, rendered: Path, real: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = CycleGan.discriminator_losses

    def broken(self: CycleGan, pair: Pair, made: Made, epochs: float) -> Terms:
        terms = losses(self, pair, made, epochs)
        return terms | {"target": terms["target"] * (torch.nan if epochs >= 1 else 1)}

    monkeypatch.setattr(CycleGan, "discriminator_losses", broken)
    with pytest.raises(
        TrainingError, match=r"Step 4 of 6 .*discriminators/target nan.*start a new run in another"
    ):
        translate_small(tmp_path / "run", rendered, real)
    kept = checkpoint.load(directory.last(tmp_path / "run"), FORMAT)
    assert kept["position"] == {"epoch": 1, "step": 0}


def test_generators_that_are_no_numbers_translate_nothing(
    tmp_path: Path, rendered: Path, real: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last step of all has finite losses, and a slope that is not."""
    losses = CycleGan.generator_losses

    def broken(self: CycleGan, pair: Pair, made: Made, epochs: float) -> Terms:
        terms = losses(self, pair, made, epochs)
        zero = terms["loss"] - terms["loss"].detach()
        return terms | ({"loss": terms["loss"] + zero.sqrt()} if epochs > 1.5 else {})

    monkeypatch.setattr(CycleGan, "generator_losses", broken)
    with pytest.raises(TrainingError, match=r"Step 6 of 6 left weights .*to_target.*lr \(now"):
        translate_small(tmp_path / "run", rendered, real)
    kept = checkpoint.load(directory.last(tmp_path / "run"), FORMAT)
    assert kept["position"] == {"epoch": 1, "step": 0}
    assert not list((tmp_path / "run").glob("translated*"))


def test_a_run_does_not_lie_in_its_source(tmp_path: Path, real: Path) -> None:
    """Continued, it would copy its own checkpoints into the translated tree."""
    root = write_masked_tree(tmp_path / "set", size=(40, 20))
    (tmp_path / "link").symlink_to(root)
    for output in (root / "as-mars", tmp_path / "link/runs/as-mars"):
        with pytest.raises(RunError, match="lies within the source"):
            translate_small(output, root, real)
        assert not output.exists()


def test_a_change_is_written_at_the_pictures_own_size(
    tmp_path: Path, rendered: Path, real: Path
) -> None:
    """Three steps change next to nothing: what is left is the source, and not its small copy."""
    how = ("networks.gives=change", "optimiser.lr=1e-6", "output.quality=100")
    result = translate_small(tmp_path / "run", rendered, real, *how)
    one, other = (
        read("synthetic", root).train[1].frames.read([0])[0].float()
        for root in (rendered, result.written.root)
    )
    assert (one - other).abs().mean() < 1.5


def test_processes_that_decode_change_nothing(
    finished: Translated, tmp_path: Path, rendered: Path, real: Path
) -> None:
    result = translate_small(tmp_path / "run", rendered, real, "pictures.workers=1")
    one, other = (
        [path.read_bytes() for path in sorted(root.rglob("*.jpg"))]
        for root in (finished().written.root, result.written.root)
    )
    assert one == other


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["method.foregroun=3"], r"Did you mean method\.foreground"),
        (["pictures.size=30x16"], "multiples of 4"),
        (["pictures.enlarged=[20,20]"], "smaller than pictures.size"),
        (["pictures.size=[16,16]", "networks.halvings=3"], "use fewer halvings"),
        (["training.epochs=none"], "training.epochs"),
    ],
)
def test_wrong_settings_say_what_would_be_right(overrides: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load("ptgan", overrides)


def test_a_recipe_is_for_its_method_unless_another_is_named() -> None:
    assert load("ptgan").method.name == "ptgan"
    other = load("ptgan", method="spgan")
    assert other.method.model_dump()["identity"] == 5
    assert load("cyclegan", ["method.cycle=7"]).method.model_dump()["identity"] == 0
    assert load(gpu=False).networks.width == 16
    assert load(gpu=True).networks.width == 64
    with pytest.raises(ConfigError, match="Did you mean spgan"):
        load(method="spgna")
    with pytest.raises(ConfigError, match="32 pixels"):
        load("spgan", ["pictures.size=[24,24]", "pictures.enlarged=null", "networks.halvings=1"])


def test_another_method_takes_over_what_all_methods_have(tmp_path: Path) -> None:
    """Not what two happen to call the same: 0 is CycleGAN's weight of the identity."""
    (tmp_path / "base.yaml").write_text("method: {name: cyclegan, cycle: 7, identity: 0}\n")
    (tmp_path / "over.yaml").write_text("base: base.yaml\nmethod: {name: spgan, margin: 1}\n")
    over = load(tmp_path / "over.yaml").method.model_dump()
    named = load(tmp_path / "base.yaml", method="spgan").method.model_dump()
    for found in (over, named, load("cyclegan", method="spgan").method.model_dump()):
        assert found["identity"] == 5
    assert (over["cycle"], over["margin"], named["cycle"]) == (7, 1, 7)
    (tmp_path / "same.yaml").write_text("base: base.yaml\nmethod: {name: cyclegan}\n")
    assert load(tmp_path / "same.yaml").method.model_dump()["identity"] == 0


@pytest.mark.parametrize("method", METHODS)
def test_every_setting_is_listed_with_its_meaning(method: str) -> None:
    listed = CliRunner().invoke(app, ["settings", method])
    assert listed.exit_code == 0
    lines = listed.output.splitlines()
    assert "method.cycle=10.0" in listed.output
    assert {line.partition(".")[0] for line in lines} == set(Settings.model_fields)
    assert [line for line in lines if len(line.split()) < 2] == [f"method.name={method}"]


def test_the_command_says_what_it_did(tmp_path: Path, rendered: Path, real: Path) -> None:
    words = ["translate", "--source", str(rendered), "--target", "mars", "--target-root", str(real)]
    words += ["--method", "cyclegan", "--config", "laptop", "--output", str(tmp_path / "run")]
    said = CliRunner().invoke(app, [*words, *SMALL])
    assert said.exit_code == 0, said.output
    assert "pictures in" in said.output
    assert "flicker, levels of 255 from frame to frame: source" in said.output
    twice = CliRunner().invoke(app, [*words, "--target-root", str(real), *SMALL])
    assert twice.exit_code == 2
    assert "Expected a --target-root for each of 1 targets" in twice.output
