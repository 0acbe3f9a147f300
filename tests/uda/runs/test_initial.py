"""Starting from another run's student."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.mars_tree import write_mars_tree
from tests.uda.miniature import Run
from uda.errors import CheckpointError, RunError
from uda.runs import checkpoint

STILL = ("optimiser.lr=1e-12", "optimiser.weight_decay=0", "training.epochs=1", "training.steps=1")
CLASSIFIER = "head.classifier.weight"


def parameters(path: Path) -> dict[str, torch.Tensor]:
    """Of the student, without running statistics."""
    model = checkpoint.load(path)["model"]
    return {name: tensor for name, tensor in model.items() if name.endswith(("weight", "bias"))}


def test_a_run_starts_from_the_student_of_another_method(run: Run, trained: Run) -> None:
    first = trained("training.epochs=1", method="source_only")
    begun = run("begun", *STILL, init=first.checkpoint)
    fresh = run("fresh", *STILL)
    wanted, found = parameters(first.checkpoint), parameters(begun.checkpoint)
    for name, tensor in wanted.items():  # the same source: the classifier too
        torch.testing.assert_close(found[name], tensor, msg=name)
    assert not torch.allclose(
        parameters(fresh.checkpoint)["backbone.0.weight"], found["backbone.0.weight"]
    )
    teacher = checkpoint.load(begun.checkpoint)["method"]["teacher.model.backbone.0.weight"]
    torch.testing.assert_close(teacher, wanted["backbone.0.weight"])
    told = json.loads((begun.output / "run.json").read_text())
    assert told["init"]["path"] == str(first.checkpoint)
    assert (told["init"]["method"], told["init"]["source"]) == ("source_only", "mars")
    assert told["init"]["identity_classifier"] is True
    assert told["config"]["model"]["pretrained"] == "none"
    assert "init" not in json.loads((fresh.output / "run.json").read_text())


def test_a_run_with_norms_by_camera_starts_from_one_without(run: Run, trained: Run) -> None:
    first = trained("training.epochs=1", method="source_only")
    begun = run("begun", *STILL, "model.norm=cbn", init=first.checkpoint)
    wanted, found = parameters(first.checkpoint), parameters(begun.checkpoint)
    assert len(found) == len(wanted)
    norms = [name for name in found if name.endswith(".norm.weight")]
    assert norms
    for name in norms:
        torch.testing.assert_close(found[name], wanted[name.replace(".norm.", ".")], msg=name)


@pytest.mark.parametrize("people", [4, 5])
def test_other_people_have_another_classifier(
    run: Run, trained: Run, tmp_path: Path, people: int
) -> None:
    """As many people are not the same people."""
    first = trained("training.epochs=1", method="source_only")
    others = write_mars_tree(tmp_path / "others", train_people=people, frames=4, seed=7)
    begun = run("begun", *STILL, method="source_only", source_root=others, init=first.checkpoint)
    wanted, found = parameters(first.checkpoint), parameters(begun.checkpoint)
    assert found[CLASSIFIER].shape == (people, 12)
    assert not torch.allclose(found[CLASSIFIER][:4], wanted[CLASSIFIER])
    torch.testing.assert_close(found["backbone.0.weight"], wanted["backbone.0.weight"])
    assert (
        json.loads((begun.output / "run.json").read_text())["init"]["identity_classifier"] is False
    )


def test_the_run_it_is_from_is_not_needed_to_continue(
    run: Run, copied: Callable[..., Path]
) -> None:
    first = copied("first", "training.epochs=1", method="source_only") / "checkpoints" / "last.pt"
    short = ("training.epochs=1", "training.steps=1")
    begun = run("begun", *short, init=first)
    first.unlink()
    again = run("begun", *short, init=first, resume=True)
    told = json.loads((again.output / "run.json").read_text())["init"]
    assert told["sha256"] == checkpoint.load(begun.checkpoint)["init"]["sha256"]
    with pytest.raises(RunError, match=r"--init: .*first.* -> None"):
        run("begun", *short, resume=True)


def test_what_cannot_be_started_from(run: Run, trained: Run, tmp_path: Path) -> None:
    first = trained("training.epochs=1", method="source_only")
    with pytest.raises(CheckpointError, match=r"is a tiny, but this run trains a slim_resnet18"):
        run("x", "model.name=slim_resnet18", init=first.checkpoint)
    bare = tmp_path / "bare.pt"
    torch.save(checkpoint.load(first.checkpoint)["model"], bare)
    with pytest.raises(CheckpointError, match=r"not a checkpoint of `uda train`.*--pretrained"):
        run("x", init=bare)
    state = checkpoint.load(first.checkpoint)
    state["model"].pop("backbone.0.weight")
    checkpoint.save(bare, state)
    with pytest.raises(CheckpointError, match=r"backbone\.0\.weight is missing"):
        run("x", init=bare)
    with pytest.raises(CheckpointError, match="no checkpoint at"):
        run("x", init=tmp_path / "nowhere.pt")
    assert not (tmp_path / "x").exists()
