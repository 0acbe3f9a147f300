"""Attributes of a benchmark as a model recognises them: what is tested, printed and drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from reid_datasets.errors import DatasetError
from reid_datasets.records import Tracklet
from typer.testing import CliRunner

from uda.attributes.predicting import Predicted, Recogniser
from uda.cli import app
from uda.evaluation import attributes_of_checkpoint
from uda.evaluation.attributes_of_checkpoint import evaluate_attributes
from uda.report.attribute_tables import print_attributes
from uda.report.attributes import worst, write_attributes_page

VALUES = {"hat": ("yes", "no"), "upper": ("red", "blue", "green"), "shoes": ("dark", "light")}
CHECKPOINT = Path("last.pt")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three people to look for, one to train on, and a table of what they wear."""
    for part, person in (
        ("train", 1), ("query", 2), ("query", 3), ("gallery", 2), ("gallery", 3), ("gallery", 4),
    ):  # fmt: skip
        folder = tmp_path / f"data/{part}/{person:04d}/hall/{part}"
        folder.mkdir(parents=True)
        Image.new("RGB", (8, 16), (50 * person, 0, 0)).save(folder / "1.jpg")
    table = "id,hat,upper,bag\n1,yes,red,no\n2,no,blue,no\n3,yes,,yes\n4,,,\n"
    (tmp_path / "people.csv").write_text(table)
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Says red to everybody, a hat to person 2 for sure and to 3 nearly; notes who it was shown."""
    shown: list[int] = []

    def predict(_: Recogniser, tracklets: Sequence[Tracklet], *__: Any, **___: Any) -> Predicted:
        people = np.array([tracklet.person_id for tracklet in tracklets])
        shown.extend(people.tolist())
        hat = np.where(people == 2, 0.9, 0.6)
        found: Mapping[str, np.ndarray] = {
            "hat": np.stack([hat, 1 - hat], 1),
            "upper": np.tile([0.8, 0.1, 0.1], (len(people), 1)),
            "shoes": np.tile([0.5, 0.5], (len(people), 1)),
        }
        return Predicted(VALUES, found, np.zeros((len(people), 1), np.float32))

    monkeypatch.setattr(attributes_of_checkpoint, "predict", predict)
    monkeypatch.setattr(Recogniser, "of", lambda checkpoint: SimpleNamespace(values=VALUES))
    return shown


def test_the_described_of_the_test_half_are_tested(root: Path, model: list[int]) -> None:
    (row,) = evaluate_attributes(CHECKPOINT, {"folder": root}, file=root.parent / "people.csv")
    assert sorted(model) == [2, 2, 3, 3]  # 1 trains, nothing is known of 4
    assert row.left_out == ("bag", "shoes")
    hat, upper = row.scores.attributes
    assert (hat.tested, hat.accuracy, hat.balanced) == (4, 0.5, 0.5)
    assert hat.confusion.tolist() == [[2, 0], [2, 0]]
    assert hat.confidence == pytest.approx((0.9 + 0.6) / 2)
    assert (upper.tested, upper.accuracy, upper.one_class) == (2, 0.0, True)
    assert row.scores.accuracy == 0.25
    assert [row.tracklets[place].person_id for place in worst(row, "hat")] == [2]  # type: ignore[union-attr]


def test_without_a_test_half_all_are_tested(root: Path, model: list[int]) -> None:
    for part in ("query", "gallery"):
        (root / part).rename(root.parent / part)
    (row,) = evaluate_attributes(CHECKPOINT, {"folder": root}, file=root.parent / "people.csv")
    assert model == [1]
    assert row.part == "all tracklets: there is no test half"


def test_a_page_with_bars_confusions_and_mistakes(root: Path, tmp_path: Path) -> None:
    rows = evaluate_attributes(CHECKPOINT, {"folder": root}, file=root.parent / "people.csv")
    write_attributes_page(CHECKPOINT, rows, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert page.count('<div class="bar">') == 2
    assert page.count("data:image/jpeg;base64,") == 2  # person 2: a hat, and red
    assert re.search(r"said yes, 90&nbsp;%<br>is no", page)
    assert re.search(r"said red, 80&nbsp;%<br>is blue", page)
    assert "Known to the data or the model alone: bag, shoes" in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_command(root: Path, tmp_path: Path) -> None:
    def run(*options: str) -> Any:
        (tmp_path / "last.pt").touch()
        common = ["--checkpoint", str(tmp_path / "last.pt"), "--data", "folder"]
        where = ["--root", str(root)]
        return CliRunner().invoke(app, ["evaluate", *common, *where, *options])

    table = ["--attributes-file", str(root.parent / "people.csv")]
    page, scores = tmp_path / "a.html", tmp_path / "a.json"
    result = run("--attributes", *table, "--json", str(scores), "--report", str(page))
    assert result.exit_code == 0, result.output
    assert re.search(r"hat +50\.0 +50\.0 +50\.0 +4", result.output)
    assert re.search(r"mean +25\.0 +25\.0 +75\.0 +4", result.output)
    (row,) = json.loads(scores.read_text())["rows"]
    assert row["attributes"]["hat"]["confusion"] == [[2, 0], [2, 0]]
    assert row["examples"]["f1"] == pytest.approx(row["examples"]["recall"])
    assert page.is_file()
    for options, said in (
        (table, "--attributes-file is about attributes"),
        (["--attributes", "--rerank"], "--rerank is about ranking"),
        (["--attributes", *table, "--json", str(scores)], "--overwrite"),
        (["--attributes"], "Describe them in a CSV of your own"),
    ):
        result = run(*options)
        assert result.exit_code == 2
        assert said in result.output


def test_names_of_attributes_are_no_markup(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = evaluate_attributes(CHECKPOINT, {"folder": root}, file=root.parent / "people.csv")
    hat = replace(row.scores.attributes[0], name="hat[/left]")
    scores = replace(row.scores, attributes=(hat,))
    print_attributes([replace(row, scores=scores, left_out=("[bag]", "shoes"))])
    said = capsys.readouterr().out
    assert re.search(r"hat\[/left\] +50\.0", said)
    assert "alone: [bag], shoes." in said


def test_what_cannot_be_tested_is_refused(root: Path, model: list[int]) -> None:
    table = root.parent / "people.csv"
    table.write_text("id,hat\n1,yes\n2,\n3,\n4,\n")
    with pytest.raises(DatasetError, match="know nothing of them"):
        evaluate_attributes(CHECKPOINT, {"folder": root}, file=table)
    table.write_text("id,coat\n2,yes\n3,no\n")
    with pytest.raises(DatasetError, match="one of the attributes hat, upper, shoes with the"):
        evaluate_attributes(CHECKPOINT, {"folder": root}, file=table)
    assert not model, "refused before anybody is looked at"
