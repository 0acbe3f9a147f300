"""`uda predict`: the table that it writes is the one that targets are measured with."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from reid_datasets.records import UnlabelledTracklet
from typer.testing import CliRunner, Result

from uda.attributes import predicting
from uda.attributes.predicting import Predicted, Recogniser
from uda.cli import app
from vidsynth.target.attributes.predicted import read_predicted
from vidsynth.target.crops import first_frames
from vidsynth.target.layouts import read_target

VALUES = {"hat": ("no", "yes"), "upper_colour": ("black", "red", "blue")}
PEOPLE = {"train": (1, 2), "query": (3,), "gallery": (3, 4)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for part, people in PEOPLE.items():
        for person in people:
            folder = tmp_path / f"mine/{part}/{person:04d}/hall, east/{part}"
            folder.mkdir(parents=True)
            for frame in range(2):
                Image.new("RGB", (8, 16), (50 * person, 0, 0)).save(folder / f"{frame}.jpg")
    return tmp_path / "mine"


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A model that is the surer of a hat the higher a person's number is; notes how many tracklets
    statistics of batch norms could come from."""
    known: list[int] = []

    def predict(
        _: Recogniser, tracklets: Sequence[UnlabelledTracklet], *__: Any, **more: Any
    ) -> Predicted:
        assert all(isinstance(tracklet, UnlabelledTracklet) for tracklet in tracklets)
        known.append(len(more["unlabelled"]))
        hat = np.array([_person(t) / 10 for t in tracklets], np.float32)
        colours = np.tile(np.array([1 / 3, 1 / 3, 1 / 3], np.float32), (len(tracklets), 1))
        return Predicted(
            VALUES,
            {"hat": np.stack([1 - hat, hat], 1), "upper_colour": colours},
            np.ones((len(tracklets), 1), np.float32),
        )

    monkeypatch.setattr(predicting, "predict", predict)
    monkeypatch.setattr(Recogniser, "of", lambda checkpoint: SimpleNamespace(values=VALUES))
    return known


def _person(tracklet: UnlabelledTracklet) -> int:
    return int(Path(tracklet.frames.name(0)).parts[-4])


def call(tmp_path: Path, root: Path, *options: str) -> Result:
    (tmp_path / "last.pt").touch()
    common = ["--checkpoint", str(tmp_path / "last.pt"), "--root", str(root)]
    return CliRunner().invoke(app, ["predict", *common, *options])


@pytest.mark.parametrize(("part", "people"), [("train", [1, 2]), ("test", [3, 3, 4])])
def test_a_row_for_each_tracklet_of_a_part(
    root: Path, tmp_path: Path, model: list[int], part: str, people: list[int]
) -> None:
    table = tmp_path / "predicted.csv"
    result = call(tmp_path, root, "--part", part, "--output", str(table))
    assert result.exit_code == 0, result.output
    assert "vidsynth target measure" in result.output
    assert model == [2]
    with table.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header[:3] == ["first_frame", "hat=no", "hat=yes"]
    assert header[3:] == [f"upper_colour={value}" for value in VALUES["upper_colour"]]
    assert [int(row[0].split("/")[1]) for row in rows] == people
    assert all(row[0].endswith("/0.jpg") for row in rows)
    assert [float(row[2]) for row in rows] == pytest.approx([p / 10 for p in people], abs=1e-5)


@pytest.mark.parametrize("part", ["train", "test", "all"])
def test_a_target_is_measured_with_the_table(
    root: Path, tmp_path: Path, part: Any, model: list[int]
) -> None:
    table = tmp_path / "predicted.csv"
    assert call(tmp_path, root, "--part", part, "--output", str(table)).exit_code == 0
    tracklets = list(read_target(root, "folder", None, part))
    found = read_predicted(table, first_frames(tracklets, root))
    assert not found.left_out
    hats = [int(name.split("/")[1]) / 10 for name in first_frames(tracklets, root)]
    assert found.probabilities["hat"][:, 1] == pytest.approx(hats, abs=1e-5)


def test_what_cannot_be_predicted_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "there.csv").touch()
    for options, said in (
        (["--part", "trian"], "expected train, test or all"),
        (["--output", str(tmp_path / "p.json")], "ends in .csv"),
        (["--output", str(tmp_path / "there.csv")], "--overwrite"),
        (["--method", "mine.py:Mine"], "nothing is compared"),
        (["--data", "marz"], "Did you mean mars?"),
    ):
        result = call(tmp_path, root, *options)
        assert result.exit_code == 2, result.output
        assert said in result.output
    for part in ("query", "gallery"):
        (root / part).rename(tmp_path / part)
    result = call(tmp_path, root, "--part", "test")
    assert result.exit_code == 2
    assert "found none. Choose another --part" in result.output
