"""From a table of predictions to statistics, a page and a config, as people type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.vidsynth.target.test_commands import LEAST, NAMES, crops, refused, run
from vidsynth.cli import app
from vidsynth.settings import load_config, load_image_config
from vidsynth.target import fitting_sets
from vidsynth.target.statistics import read

LEFT_OUT = "shoe_size"


def table(file: Path, tracklets: int = LEAST) -> Path:
    """Three of four tracklets in black, and backpacks on half of them; every model is sure."""
    lines = [
        "first_frame,upper_colour=black,upper_colour=red,bag=none,bag=backpack,"
        f"{LEFT_OUT}=large,{LEFT_OUT}=small,build=thin,build=heavy,dress=no,dress=yes"
    ]
    for number in range(tracklets):
        camera = f"lobby-{'east' if number % 2 else 'west'}"
        first = f"frauke{number}/{camera}/20240131-{number}/IMG_0.jpg"
        red, backpack = int(number % 4 == 0), int(number < tracklets // 2)
        lines.append(f"{first},{1 - red},{red},{1 - backpack},{backpack},1,0,1,0,1,0")
    file.write_text("\n".join(lines) + "\n")
    return file


def test_a_table_becomes_statistics_a_page_and_weights(tmp_path: Path) -> None:
    data, told = crops(tmp_path / "data"), table(tmp_path / "predicted.csv")
    file, page, fitted = (tmp_path / name for name in ("t.json", "t.html", "fitted.yaml"))
    said = run("measure", data, "--attributes", told, "-o", file)
    assert "Left out: shoe_size: nothing that is rendered goes by it" in said
    assert "Left out: build, dress: no setting says" in said
    found = read(file)
    assert list(found.attributes) == ["others"], "16 of each camera are too few by themselves"
    shares = found.attributes["others"]
    assert shares["upper_colour"].shares()[[0, 3]] == pytest.approx([0.75, 0.25], abs=1e-3)
    assert shares["bag"].shares() == pytest.approx([0.5, 0.5, 0, 0], abs=1e-3)
    run("show", file, "-o", page)
    assert "<h3>upper_colour</h3>" in page.read_text()
    for text in (said, file.read_text(), page.read_text()):
        assert not any(name in text for name in NAMES)
    run("fit", file, "--no-weigh", "--defensive", "0", "-o", fitted)
    config = load_image_config(fitted)
    assert config.accessories.backpack == pytest.approx(0.5, abs=0.002)
    assert config.accessories.shoulder_bag == config.accessories.handbag == 0
    assert config.clothes.upper_colour is not None
    weights = config.clothes.upper_colour.shares
    assert weights["black"] / sum(weights.values()) == pytest.approx(0.75, abs=2e-3)
    assert set(weights) == {"black", "red", "dark-red"}
    assert "upper_colour (100 % sure)" in fitted.read_text()


def test_a_table_of_another_target_is_refused(tmp_path: Path) -> None:
    data, told = crops(tmp_path / "data"), table(tmp_path / "predicted.csv", LEAST + 3)
    said = refused("measure", data, "--attributes", told, "-o", tmp_path / "t.json")
    assert "found tracklets 3 that are not in the target" in said
    assert not (tmp_path / "t.json").exists()


@pytest.fixture
def nothing_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """No estimators, which take a rendered pool; what needs none is measured and fitted."""
    monkeypatch.setattr(fitting_sets, "default_estimators", lambda *_: None)
    monkeypatch.setattr(fitting_sets, "_kernel_mean", lambda *_: None)


def rendered(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert "Traceback" not in done.output
    return done.exit_code, done.output


@pytest.mark.usefixtures("nothing_learnt")
@pytest.mark.parametrize("kind", ["images", "tracklets"])
def test_one_command_renders_the_people_of_a_table(tmp_path: Path, kind: str) -> None:
    data, told = crops(tmp_path / "data"), table(tmp_path / "predicted.csv")
    words = ("--target", data, "--attributes", told, "--output", tmp_path / "set", "--dry-run")
    code, said = rendered(f"render-{kind}", *words, "identities=16", "test_share=0")
    assert code == 0, said
    assert "Left out: shoe_size: nothing that is rendered goes by it" in said
    beside = tmp_path / "set.fitted.yaml"
    assert read(beside.with_suffix(".target.json")).attributes["others"].keys() == {
        "upper_colour", "bag",
    }  # fmt: skip
    report = json.loads(beside.with_suffix(".report.json").read_text())
    assert report["people"]["bag"]["as_by_default"] == 0.2
    load = load_image_config if kind == "images" else load_config
    usual, found = load(None), load(beside)
    assert found.accessories.backpack > max(0.4, usual.accessories.backpack)
    assert found.clothes.upper_colour.shares != usual.clothes.upper_colour
    code, said = rendered(f"render-{kind}", *words, "identities=16", "test_share=0")
    assert f"fitted before: delete it to fit anew. {told} was not read." in said


def test_a_table_without_its_target_is_refused_before_anything_is_learnt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting_sets, "default_estimators", lambda *_: pytest.fail("learnt"))
    data, told = crops(tmp_path / "data"), table(tmp_path / "predicted.csv", LEAST + 3)
    output = ("--output", tmp_path / "set", "--dry-run")
    code, said = rendered("render-images", "--target", data, "--attributes", told, *output)
    assert (code, said.count("found tracklets 3 that are not in the target")) == (2, 1)
    code, said = rendered("render-images", "--attributes", told, *output)
    assert (code, said.count("there is no --target")) == (2, 1)
    assert not (tmp_path / "set.fitted.yaml").exists()
