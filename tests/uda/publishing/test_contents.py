"""What of a run is sent: enough to use the model, and nothing of anybody."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from tests.hub_stand_in import stand_in
from tests.uda.miniature import Run
from uda.cli import app
from uda.publishing.contents import pack
from uda.publishing.places import without_places
from uda.publishing.record import read
from uda.runs import checkpoint
from uda.runs.restored import restore

RUN = {"method": "source_only"}
SENT = {"README.md", "model.pt", "config.json", "result.json"}


def push(*words: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["push", *map(str, words)])
    return found.exit_code, found.output


@pytest.fixture
def packed(trained: Run, tmp_path: Path) -> Path:
    pack(read(trained(**RUN).output), tmp_path)
    return tmp_path


def test_the_model_that_arrives_gives_the_same_features(
    trained: Run, packed: Path, tiny: str
) -> None:
    clips = torch.rand(2, 2, 3, 32, 16)
    kept, sent = restore(trained(**RUN).checkpoint), restore(packed / "model.pt")
    with torch.no_grad():
        ours, theirs = kept.model(clips).embedding, sent.model(clips).embedding
    assert torch.equal(ours, theirs)
    assert sent.comparison.name == kept.comparison.name


def test_a_run_starts_from_the_model_that_arrives(packed: Path, run: Run) -> None:
    again = run("again", "training.epochs=1", init=packed / "model.pt", **RUN)
    started = json.loads((again.output / "run.json").read_text())["init"]
    assert (started["method"], started["identity_classifier"]) == ("source_only", False)


def test_nobodys_vector_and_nothing_to_resume_is_in_it(trained: Run, packed: Path) -> None:
    before = checkpoint.load(trained(**RUN).checkpoint)
    saved = checkpoint.load(packed / "model.pt")
    assert before["model"].keys() - saved["model"].keys() == {"head.classifier.weight"}
    gone = {"method", "optimisers", "schedules", "batches", "random", "precision"}
    assert not gone & saved.keys()
    assert saved["source"]["identities"] is None


def test_who_sends_times_between_the_targets_cameras_is_told(copied, tmp_path: Path) -> None:
    run = copied("run", **RUN)
    (tmp_path / "sent").mkdir()
    assert not any("cameras" in note for note in pack(read(run), tmp_path / "sent").notes)
    weights = run / "checkpoints/last.pt"
    saved = checkpoint.load(weights)
    checkpoint.save(weights, saved | {"comparison": {"name": "visual_temporal", "state": {}}})
    assert "model.pt tells how long people take between the target's cameras" in (
        pack(read(run), tmp_path / "sent").notes
    )


def test_no_path_of_the_machine_is_in_any_file(trained: Run, packed: Path) -> None:
    run = json.loads((trained(**RUN).output / "run.json").read_text())
    for place in (run["source"]["root"], run["target"]["root"], str(trained(**RUN).output)):
        for path in packed.iterdir():
            assert place.encode() not in path.read_bytes(), path
    scores = json.loads((packed / "result.json").read_text())
    assert scores["target_test"]["queries"] > 0
    assert json.loads((packed / "config.json").read_text())["config"]["model"]["name"] == "tiny"


def test_no_path_is_in_lists_and_in_settings_of_somebodys_own_method() -> None:
    described = {
        "config": {
            "method": {
                "name": "mine",
                "teacher": "/home/me/teacher.pt",
                "second": "~/me/second.pt",
                "third": "../me/third.pt",
                "layers": ["a/b"],
            }
        },
        "beside": [{"root": "/data/mars", "name": "mars"}, "webdataset:///data/shards"],
    }
    assert without_places(described) == {
        "config": {
            "method": {
                "name": "mine",
                "teacher": "teacher.pt",
                "second": "second.pt",
                "third": "third.pt",
                "layers": ["a/b"],
            }
        },
        "beside": [{"name": "mars"}, "webdataset"],
    }


def test_a_dry_run_lists_all_that_is_sent_and_needs_no_package(
    trained: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = trained(**RUN).output
    assert (output / "ranked-lists").is_dir()
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    code, said = push(output, "alice/walkers", "--dry-run")
    assert code == 0, said
    listed = {line.split()[-1] for line in said.splitlines()[:4]}
    assert listed == SENT
    assert "ranked-lists" in said.partition("not sent of the run:")[2].splitlines()[0]
    assert "# run" in said


def test_what_is_sent_is_what_the_dry_run_said(
    trained: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = stand_in(monkeypatch)
    code, said = push(trained(**RUN).output, "alice/walkers", "--licence", "apache-2.0")
    assert code == 0, said
    assert said.splitlines()[-1] == "https://huggingface.co/models/alice/walkers"
    assert api.sent.keys() == SENT
    assert b"license: apache-2.0" in api.sent["README.md"]


def test_runs_that_are_not_finished_are_refused(
    copied, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    api = stand_in(monkeypatch)
    run = copied("run", **RUN)
    weights = (run / "checkpoints/last.pt").rename(tmp_path / "weights.pt")
    for wanted, words in (
        ("found no such file", [run]),
        ("without a result.json of its own", [weights]),
        ("OWNER/NAME", [run, "walkers"]),
    ):
        code, said = push(*words, *(["alice/walkers"] if len(words) == 1 else []))
        assert (code, len(said.strip().splitlines())) == (2, 1)
        assert wanted in said
    assert api.method_calls == []
