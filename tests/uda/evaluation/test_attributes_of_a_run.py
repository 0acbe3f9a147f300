"""A run with attribute heads is tested on them, and as before on identities."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from reid_datasets.benchmarks import load
from reid_datasets.frames import first_frame
from reid_datasets.records import Tracklet
from typer.testing import CliRunner

from tests.mars_tree import write_mars_tree
from tests.uda.described import write_attributes
from tests.uda.miniature import Run
from uda.attributes.predicting import Recogniser, predict
from uda.attributes.searching import search
from uda.attributes.words import Values, parse
from uda.cli import app
from uda.evaluation.attributes_of_checkpoint import evaluate_attributes
from uda.evaluation.of_checkpoint import evaluate
from uda.report.attributes import write_attributes_page
from uda.runs import checkpoint as checkpoints

pytestmark = pytest.mark.usefixtures("processor", "tiny")


def test_scores_are_those_of_its_predictions(run: Run, tmp_path: Path) -> None:
    write_attributes(tmp_path / "people.csv")
    tree = write_mars_tree(tmp_path / "mars", train_people=5, test_people=2, frames=4)
    trained = run(
        "described",
        f"data.attributes_file={tmp_path / 'people.csv'}",
        "training.epochs=1",
        "training.steps=2",
        method="joint",
        source_root=tree,
        target_root=tree,
        target="mars",
    )
    (row,) = evaluate_attributes(trained.checkpoint, {"mars": tree}, file=tmp_path / "people.csv")
    split = load("mars", tree)
    people = {t.person_id for t in row.tracklets if isinstance(t, Tracklet)}
    assert people == {t.person_id for t in split.query} == {6, 7}
    assert row.left_out == ("bag",)
    told = predict(Recogniser.of(trained.checkpoint), row.tracklets)
    found = told.probabilities["gender"].argmax(1)
    wanted = np.array([t.person_id % 2 for t in row.tracklets if isinstance(t, Tracklet)])
    gender = row.scores.attributes[0]
    assert gender.name == "gender"
    assert gender.accuracy == pytest.approx((found == wanted).mean())
    write_attributes_page(trained.checkpoint, [row], tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text().count('<div class="bar">') == 3
    _is_searched(trained.checkpoint, list(split.gallery), row.known.values)
    _is_written(trained.checkpoint, tree, tmp_path / "predicted.csv")
    _is_read_once(trained.checkpoint, tree, tmp_path / "again.csv")
    (ranked,) = evaluate(trained.checkpoint, {"mars": tree})
    assert trained.evaluation is not None
    assert ranked.evaluations[0].result.mean_ap == trained.evaluation.result.mean_ap


def _is_searched(checkpoint: Path, gallery: list[Tracklet], values: Values) -> None:
    """A description ranks by the run's predictions; a picture out of the gallery finds itself."""
    wanted = parse("female", values)
    model, place = Recogniser.of(checkpoint), values["gender"].index("female")
    told = predict(model, gallery).probabilities["gender"][:, place]
    found = search(model, gallery, wanted)
    assert found.order.tolist() == np.argsort(-told.astype(float), kind="stable").tolist()
    alike = search(model, [gallery[1], gallery[0]], (), Path(gallery[0].frames.name(0)))
    assert alike.similarity[1] > alike.similarity[0]


def _is_written(trained: Path, tree: Path, table: Path) -> None:
    """`uda predict` writes the run's predictions, a row for each training tracklet."""
    options = ["--data", "mars", "--root", str(tree), "--output", str(table)]
    result = CliRunner().invoke(app, ["predict", "--checkpoint", str(trained), *options])
    assert result.exit_code == 0, result.output
    half = [tracklet.unlabelled() for tracklet in load("mars", tree).train]
    told = predict(Recogniser.of(trained), half, unlabelled=half)
    names = [first_frame(tracklet.frames, tree) for tracklet in half]
    with table.open(newline="") as file:
        rows = {row["first_frame"]: row for row in csv.DictReader(file)}
    assert list(rows) == names
    for place, value in enumerate(told.values["gender"]):
        found = [float(rows[name][f"gender={value}"]) for name in names]
        assert found == pytest.approx(told.probabilities["gender"][:, place].tolist(), abs=1e-4)


def _is_read_once(trained: Path, tree: Path, table: Path) -> None:
    """Whatever a command asks of a checkpoint, which may be large."""
    read: list[Path] = []
    load_file = checkpoints.load
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "load", lambda path: read.append(path) or load_file(path))
        common = ["--checkpoint", str(trained), "--data", "mars"]
        for command in (
            ["search", *common, "--gallery", str(tree), "--attributes", "female"],
            ["predict", *common, "--root", str(tree), "--output", str(table)],
        ):
            result = CliRunner().invoke(app, command)
            assert result.exit_code == 0, result.output
    assert read == [trained, trained]
