"""Search by description: the order of a gallery, with and without a picture, and the command."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Tracklet
from typer.testing import CliRunner

from uda.attributes import searching
from uda.attributes.predicting import Predicted, Recogniser
from uda.attributes.searching import search
from uda.attributes.words import Wanted
from uda.cli import app
from uda.errors import ConfigError

VALUES = {"hat": ("no", "yes"), "upper_colour": ("red", "blue")}
RED, HAT = Wanted("upper_colour", "red"), Wanted("hat", "yes")
PROBABILITIES = {1: (0.9, 0.1), 2: (0.6, 0.7), 3: (0.2, 0.9), 4: (0.0, 0.99)}
"""Of red and of a hat, by person."""
SIMILAR = {0: 1.0, 1: 0.1, 2: 0.2, 3: 0.9, 4: 0.1}
"""Cosine of each person with the picture, which is 0."""
PERSON = re.compile(r"/(\d{4})/")


def gallery(root: Path) -> list[Tracklet]:
    found = []
    for person in PROBABILITIES:
        folder = root / f"mine/{person:04d}/hall/walk"
        folder.mkdir(parents=True)
        Image.new("RGB", (8, 16), (50 * person, 0, 0)).save(folder / "1.jpg")
        found.append(Tracklet(ImageFiles(folder, ("1.jpg",)), person, 1))
    return found


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A model that says `PROBABILITIES`, and finds that 3 looks most like any picture; notes of
    what its batch norms may take statistics."""
    halves: list[list[str]] = []

    def predict(
        _: Recogniser, tracklets: Sequence[Tracklet], *__: Any, unlabelled: Any, **___: Any
    ) -> Predicted:
        halves.append([t.frames.name(0) for t in unlabelled])
        people = [PERSON.search(t.frames.name(0)) for t in tracklets]
        numbers = [int(found[1]) if found else 0 for found in people]
        likely = [PROBABILITIES.get(number, (0.5, 0.5)) for number in numbers]
        red, hat = np.array(likely, np.float32).T
        alike = np.array([SIMILAR[number] for number in numbers], np.float32)
        return Predicted(
            VALUES,
            {"hat": np.stack([1 - hat, hat], 1), "upper_colour": np.stack([red, 1 - red], 1)},
            np.stack([alike, np.sqrt(1 - alike**2)], 1),
        )

    monkeypatch.setattr(searching, "predict", predict)
    monkeypatch.setattr(Recogniser, "of", lambda checkpoint: SimpleNamespace(values=VALUES))
    return halves


def test_the_likeliest_to_be_everything_comes_first(tmp_path: Path) -> None:
    found = search(Recogniser.of(tmp_path), gallery(tmp_path), [RED, HAT])
    assert found.order.tolist() == [1, 2, 0, 3]
    assert found.score[1] == pytest.approx(np.log(0.6 * 0.7) / 2)
    assert found.probabilities[0].tolist() == pytest.approx([0.9, 0.1])
    assert np.isnan(found.similarity).all()


def test_who_should_not_be_something_comes_first_where_that_is_unlikely(tmp_path: Path) -> None:
    found = search(tmp_path, gallery(tmp_path), [Wanted("upper_colour", "red", absent=True), HAT])
    assert found.order.tolist() == [3, 2, 1, 0]
    assert found.probabilities[0].tolist() == pytest.approx([1 - 0.9, 0.1])


def test_one_sure_no_does_not_outvote_all(tmp_path: Path) -> None:
    found = search(Recogniser.of(tmp_path), gallery(tmp_path), [RED, HAT])
    assert found.score[3] == pytest.approx(np.log(1e-4 * 0.99) / 2)


def test_a_picture_moves_who_looks_like_it_up(tmp_path: Path) -> None:
    people, picture = gallery(tmp_path), tmp_path / "crop.jpg"
    Image.new("RGB", (8, 16)).save(picture)
    assert search(Recogniser.of(tmp_path), people, [RED], picture, weight=0).order[0] == 0
    assert search(Recogniser.of(tmp_path), people, [RED], picture, weight=3).order[0] == 2
    alone = search(Recogniser.of(tmp_path), people, [], picture)
    assert alone.order.tolist()[:2] == [2, 1]
    assert alone.probabilities.shape == (4, 0)


def test_nothing_to_look_for_or_nobody_to_look_at_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="found neither"):
        search(Recogniser.of(tmp_path), gallery(tmp_path), [])
    with pytest.raises(ConfigError, match="found none"):
        search(Recogniser.of(tmp_path), [], [RED])


def test_a_picture_that_cannot_be_read_is_refused_before_the_gallery_is_looked_at(
    tmp_path: Path, model: list[list[str]]
) -> None:
    (tmp_path / "crop.jpg").write_bytes(b"none")
    with pytest.raises(DatasetError, match=r"crop\.jpg"):
        search(Recogniser.of(tmp_path), gallery(tmp_path), [RED], tmp_path / "crop.jpg")
    assert not model


def test_the_command_prints_writes_and_draws(tmp_path: Path) -> None:
    gallery(tmp_path)
    (tmp_path / "last.pt").touch()

    def run(*options: str) -> Any:
        common = ["--checkpoint", str(tmp_path / "last.pt"), "--gallery", str(tmp_path / "mine")]
        return CliRunner().invoke(app, ["search", *common, *options])

    files = ("--json", str(tmp_path / "f.json"), "--sheet", str(tmp_path / "f.png"))
    result = run("--attributes", "red upper, hat", "--top", "3", *files)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "4 tracklets, upper_colour=red, hat=yes"
    assert lines[1].split()[:5] == ["1", "upper_colour=red", "0.60", "hat=yes", "0.70"]
    found = json.loads((tmp_path / "f.json").read_text())["found"]
    assert [Path(row["tracklet"]).parts[-4] for row in found] == ["0002", "0003", "0001"]
    assert "similarity" not in found[0]
    with Image.open(tmp_path / "f.png") as sheet:
        assert sheet.width > 3 * 64
        green = sheet.convert("RGB").getpixel((7, 7))
        red = sheet.convert("RGB").getpixel((7 + 2 * 78, 7))
    assert green[1] > red[1], "the likelier, the greener"  # type: ignore[index]

    again = run("--attributes", "red upper", *files)
    assert again.exit_code == 2
    assert "--overwrite" in again.output
    assert "nearest: hat" in run("--attributes", "hatt").output
    assert "found neither" in run().output
    assert "Leave it out" in run("--attributes", "hat", "--method", "mine.py:Mine").output


def test_statistics_come_from_the_training_half_as_in_evaluation(
    tmp_path: Path, model: list[list[str]]
) -> None:
    gallery(tmp_path)
    (tmp_path / "last.pt").touch()
    for part, person in (("train", 1), ("query", 2), ("gallery", 3)):
        (tmp_path / "set" / part).mkdir(parents=True)
        (tmp_path / f"mine/{person:04d}").rename(tmp_path / f"set/{part}/{person:04d}")
    common = ["--checkpoint", str(tmp_path / "last.pt"), "--gallery", str(tmp_path / "set")]
    result = CliRunner().invoke(app, ["search", *common, "--attributes", "hat"])
    assert result.exit_code == 0, result.output
    assert "2 tracklets" in result.stdout
    assert [[Path(name).parts[-5:-3] for name in half] for half in model] == [[("train", "0001")]]
