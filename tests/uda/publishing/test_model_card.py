"""Model cards say what runs record, and call the rest unknown."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import reid_datasets
from huggingface_hub import ModelCard
from typer.testing import CliRunner

from tests.mars_tree import write_mars_tree
from tests.uda.miniature import FEW, Run
from uda.batches.attributes import held_out
from uda.batches.domains import describe
from uda.cli import app
from uda.errors import CheckpointError, RunError
from uda.publishing.card import model_card
from uda.publishing.record import read
from uda.recipes import load

RUN = {"method": "source_only"}


@pytest.fixture
def card(trained: Run) -> str:
    return model_card(read(trained(**RUN).output))


def test_numbers_are_those_of_the_run(trained: Run, card: str) -> None:
    output = trained(**RUN).output
    result = json.loads((output / "result.json").read_text())
    target, source = result["target_test"], result["source"]
    shown = [f"{100 * target[key]:.1f}" for key in ("rank_1", "rank_5", "rank_10", "mAP", "mINP")]
    assert f"| mars (target) | {' | '.join(shown)} | {target['queries']} |" in card
    assert target["frames"] in card
    assert f"| tracklets | {source['tracklets']} | {result['target']['tracklets']} |" in card
    assert "started from | random weights" in card


def test_the_hub_reads_the_same_scores(trained: Run, card: str) -> None:
    target = json.loads((trained(**RUN).output / "result.json").read_text())["target_test"]
    data = ModelCard(card).data
    assert data.license == "unknown"
    found = {(e.dataset_name, e.metric_type): e.metric_value for e in data.eval_results}
    assert found["mars", "mAP"] == round(100 * target["mAP"], 2)
    assert found["mars", "rank_1"] == round(100 * target["rank_1"], 2)


def test_what_is_not_recorded_is_unknown(card: str) -> None:
    for line in (
        "| who they are | unknown; real people unless",
        "| their consent | unknown | unknown |",
        "| these weights | unknown: a run records none |",
        "| source mars | unknown |",
    ):
        assert line in card
    assert "It must not be used" in card
    assert "Machine: processor (" in card
    assert "to identify, follow or search for real people" in card


def test_no_path_of_the_machine_is_in_it(trained: Run, card: str) -> None:
    run = json.loads((trained(**RUN).output / "run.json").read_text())
    assert run["source"]["root"] not in card
    assert str(trained(**RUN).output.parent) not in card


def test_a_source_that_vidsynth_rendered_is_named_if_it_is_the_very_same(
    copied, miniatures: tuple[Path, Path], tmp_path: Path
) -> None:
    run = copied("run", **RUN)
    root = Path(shutil.copytree(miniatures[0], tmp_path / "source"))
    described = {
        "licence": "CC0-1.0",
        "renderer": "vidsynth.blender.renderer:Renderer",
        "seed": 7,
        "software": {"vidsynth-uda": "0.1.0"},
        "backgrounds": {"wall.jpg": "00"},
    }
    (root / "dataset.json").write_text(json.dumps(described))
    text = json.loads((run / "run.json").read_text())
    text["source"]["root"] = str(root)
    (run / "run.json").write_text(json.dumps(text))
    card = model_card(read(run))
    assert "nobody: rendered by vidsynth 0.1.0, seed 7" in card
    assert "| source mars | CC0-1.0, by its dataset.json, but for 1 files of others" in card
    assert "| their consent | unknown | unknown |" in card
    shutil.rmtree(root)
    write_mars_tree(root, frames=5)
    (root / "dataset.json").write_text(json.dumps(described))
    assert "rendered by vidsynth" not in model_card(read(run))


def changed(run: Path, **sections: dict[str, Any]) -> str:
    """The card of a run that says other things of itself."""
    described = json.loads((run / "run.json").read_text())
    for name, values in sections.items():
        described.setdefault(name, {}).update(values)
    (run / "run.json").write_text(json.dumps(described))
    return model_card(read(run))


def with_config(run: Path, **sections: dict[str, Any]) -> str:
    config = json.loads((run / "run.json").read_text())["config"]
    return changed(run, config={n: config[n] | values for n, values in sections.items()})


def test_people_who_were_held_out_do_not_hide_where_the_others_came_from(
    copied, miniatures: tuple[Path, Path], tmp_path: Path
) -> None:
    run = copied("run", **RUN)
    root = Path(shutil.copytree(miniatures[0], tmp_path / "source"))
    told = {"licence": "CC0-1.0", "renderer": "r", "seed": 7, "software": {"vidsynth-uda": "0.1.0"}}
    (root / "dataset.json").write_text(json.dumps(told))
    settings = load("laptop-scratch", [*FEW, "data.held_out=0.25"], method="source_only").data
    train = reid_datasets.load("mars", root).train
    kept = [t for t, out in zip(train, held_out(train, settings), strict=True) if not out]
    assert 0 < len(kept) < len(train)
    card = changed(
        run,
        source=describe("mars", root, kept) | {"identities": 3},
        attributes={"values": {"hat": ["no", "yes"]}, "held_out": 1},
        config={"data": settings.model_dump(mode="json")},
    )
    assert "| 3, and 1 held out to calibrate probabilities |" in card
    assert "nobody: rendered by vidsynth 0.1.0, seed 7" in card


def test_a_target_that_the_method_does_not_look_at_is_not_called_learned_from(copied) -> None:
    run = copied("run", **RUN)
    card = model_card(read(run))
    assert "| target (nothing was learned from it) |" in card
    assert "domain-adaptation" not in ModelCard(card).data.tags
    card = with_config(run, model={"norm": "adabn"})
    assert "| target (without labels) |" in card
    assert "the statistics of the target's training half, taken after the training." in card
    card = with_config(run, model={"norm": "cbn"}, monitoring={"target_identities": True})
    assert "the statistics of each camera of the benchmark that is tested" in card
    assert "identities were read to watch clusters alone" in card


def test_a_model_of_attributes_alone_is_not_called_one_that_finds_people(copied) -> None:
    card = changed(
        copied("run", **RUN),
        config={"method": {"name": "attributes", "balanced": True}},
        attributes={"values": {"hat": ["no", "yes"]}, "held_out": 0},
    )
    assert "for recognising what people look like" in card
    assert "nothing in it was trained to tell people apart" in card
    assert "uda evaluate --attributes --checkpoint model.pt --data mars" in card
    data = ModelCard(card).data
    assert data.pipeline_tag == "image-classification"
    assert "person-re-identification" not in data.tags
    assert "re-identification" not in card.partition("## Intended use")[2].partition("##")[0]


def test_times_between_cameras_are_told(copied) -> None:
    card = changed(copied("run", **RUN), config={"method": {"name": "jvtc_plus"}})
    assert "and the time that people take between cameras, as learned from the target" in card
    assert "it holds how long people take between the target's cameras" in card


def test_still_images_are_no_video_and_a_split_is_not_the_mean_over_ten(copied) -> None:
    card = changed(copied("run", **RUN), source={"name": "market1501"}, target={"name": "viper:3"})
    assert "for person re-identification, trained by" in card
    assert "video" not in ModelCard(card).data.tags
    assert "| viper:3 (target), split 3 alone, of 10 |" in card
    card = changed(copied("other", **RUN), target={"name": "ccvid"})
    assert "| ccvid (target), general setting |" in card


def test_weights_of_timm_are_not_called_imagenets(copied) -> None:
    run = copied("run", **RUN)
    card = with_config(
        run, model={"name": "timm/vit_small_patch14_dinov2", "pretrained": "imagenet"}
    )
    assert "| started from | the weights that timm has under this name |" in card
    assert "ImageNet" not in card


def test_what_of_a_backbone_learned_is_told(copied) -> None:
    run = copied("run", **RUN)
    assert "of its backbone learned" not in model_card(read(run))
    card = with_config(run, model={"temporal": "transformer", "pooling": "token", "lora_rank": 8})
    assert "(`tiny`), transformer over frames, token pooling over space |" in card
    assert "| of its backbone learned | low-rank parts alone (LoRA, rank 8) |" in card
    card = with_config(run, model={"lora_rank": None, "frozen": "layer2"})
    assert "| of its backbone learned | what comes after `layer2` |" in card


def test_weights_chosen_on_the_target_are_said_aloud(copied) -> None:
    run = copied("run", **RUN)
    result = json.loads((run / "result.json").read_text()) | {"selected_on": "target_test"}
    (run / "result.json").write_text(json.dumps(result))
    (run / "checkpoints/last.pt").rename(run / "checkpoints/best.pt")
    assert "this is not an unsupervised result" in model_card(read(run))


def test_a_checkpoint_without_its_run_has_no_scores(copied, tmp_path: Path, tiny: str) -> None:
    run = copied("run", **RUN)
    weights = Path(shutil.copy(run / "checkpoints/last.pt", tmp_path / "weights.pt"))
    assert "None are recorded for these weights." in model_card(read(weights))
    assert "mars (target)" in model_card(read(run / "checkpoints/last.pt"))
    shutil.copy(weights, run / "checkpoints/older.pt")
    assert "None are recorded" in model_card(read(run / "checkpoints/older.pt"))


def test_runs_that_are_not_complete_have_none(copied, tmp_path: Path) -> None:
    run = copied("run", **RUN)
    (run / "result.json").unlink()
    with pytest.raises(RunError, match="is not complete"):
        read(run)
    (run / "run.json").write_text(json.dumps({"config": {"pictures": {}}}))
    with pytest.raises(RunError, match=r"`uda translate`"):
        read(run)
    (tmp_path / "no.pt").write_bytes(b"")
    with pytest.raises(CheckpointError):
        read(tmp_path / "no.pt")


def test_a_page_that_is_no_card_stays(copied, tiny: str, tmp_path: Path) -> None:
    run = copied("run")
    (run / "README.md").write_text("my own notes")
    found = CliRunner().invoke(app, ["card", str(run)])
    assert (found.exit_code, "exists" in found.output) == (2, True)
    assert (run / "README.md").read_text() == "my own notes"


def test_the_command_writes_into_the_run_and_nothing_else_unasked(copied, tiny: str) -> None:
    run = copied("run", **RUN)
    said = CliRunner().invoke(app, ["card", str(run), "--licence", "cc-by-4.0"])
    assert said.exit_code == 0, said.output
    text = (run / "README.md").read_text()
    assert ModelCard(text).data.license == "cc-by-4.0"
    assert "| these weights | cc-by-4.0, as whoever publishes them says |" in text
    mine = run.parent / "mine.md"
    mine.write_text("mine")
    said = CliRunner().invoke(app, ["card", str(run), "--output", str(mine)])
    assert said.exit_code == 2
    assert mine.read_text() == "mine"
