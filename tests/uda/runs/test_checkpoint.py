"""What a checkpoint holds, which ones can be used, and for what."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from reid_models import build as build_model
from safetensors.torch import save_file

from tests.uda.miniature import Run
from uda.errors import CheckpointError
from uda.evaluation import of_checkpoint
from uda.runs import checkpoint, restored

FORMAT = f"{checkpoint.TRAINED.family}{checkpoint.TRAINED.number}"
SHORT = ("training.epochs=1",)


def test_a_full_disk_leaves_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "last.pt"
    checkpoint.save(path, {"model": {}})
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        CheckpointError, match=r"No space left.*The old last\.pt is intact.*--resume"
    ):
        checkpoint.save(path, {"model": {"weight": torch.zeros(9)}})
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["last.pt"]


def test_a_truncated_checkpoint_is_named(run: Run, copied: Callable[..., Path]) -> None:
    path = copied("once", "training.epochs=1") / "checkpoints" / "last.pt"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(CheckpointError, match=r"cannot be read.*truncated"):
        restored.model(path)
    with pytest.raises(CheckpointError, match=r"cannot be read.*truncated"):
        run("once", "training.epochs=1", resume=True)


def test_weights_that_are_not_what_was_written_are_refused(
    run: Run, copied: Callable[..., Path]
) -> None:
    path = copied("once", "training.epochs=1") / "checkpoints" / "last.pt"
    content = bytearray(path.read_bytes())
    weights = restored.checkpoint.load(path)["model"]
    spread = next(tensor for name, tensor in weights.items() if name.endswith("running_var"))
    place = content.index(spread.numpy().tobytes())
    content[place : place + 16] = bytes(16)  # what a power cut leaves on many file systems
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"cannot be read \(.*its checksum differs"):
        restored.model(path)
    with pytest.raises(CheckpointError, match="its checksum differs"):
        run("once", "training.epochs=1", resume=True)


def test_weights_of_another_program_are_no_checkpoint(tmp_path: Path) -> None:
    torch.save({"conv1.weight": torch.zeros(3)}, tmp_path / "foreign.pt")
    with pytest.raises(CheckpointError, match=r"expected the format.*conv1.weight.*--pretrained"):
        checkpoint.load(tmp_path / "foreign.pt")


def test_features_are_no_checkpoint(tmp_path: Path) -> None:
    """A slip of the pen: `--checkpoint features/mars.safetensors`."""
    path = tmp_path / "mars.safetensors"
    save_file({"features": torch.zeros(2, 3)}, path)
    with pytest.raises(CheckpointError, match=r"not a checkpoint of `uda train`.*found features"):
        checkpoint.load(path)
    path.write_bytes(b"PK" + bytes(99))
    with pytest.raises(CheckpointError, match="cannot be read"):
        checkpoint.load(path)


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path: Path) -> None:
    torch.save({"format": FORMAT, "model": Path("x")}, tmp_path / "code.pt")
    with pytest.raises(CheckpointError, match="cannot be read"):
        checkpoint.load(tmp_path / "code.pt")


def test_another_architecture_is_named(tiny: str, tmp_path: Path) -> None:
    weights = build_model("slim_resnet18", 4).state_dict()
    with pytest.raises(CheckpointError, match=r"another architecture.*instead of"):
        checkpoint.fit(tmp_path / "x.pt", build_model(tiny, 4), weights, "tiny")


def test_a_checkpoint_gives_back_the_model(tiny: str, trained: Run) -> None:
    result = trained("training.epochs=1")
    student, settings = restored.model(result.checkpoint)
    assert settings.model.name == "tiny"
    assert student(torch.zeros(1, 2, 3, 32, 16)).embedding.shape == (1, 12)


@pytest.mark.usefixtures("processor")
def test_an_older_format_is_evaluated_and_started_from_but_not_resumed(
    tiny: str, run: Run, trained: Run, copied: Callable[..., Path], miniatures: tuple[Path, Path]
) -> None:
    """What the first format had of model and settings, under its name."""
    path = copied("old", *SHORT) / "checkpoints" / "last.pt"
    saved = checkpoint.load(path)
    first = {key: saved[key] for key in ("model", "method", "position", "config", "source")}
    first |= {"target": saved["target"], "optimiser": saved["optimisers"]["main"]}
    checkpoint.save(path, first | {"format": "uda-checkpoint-1"})
    assert checkpoint.load(path)["format"] == "uda-checkpoint-1"
    found = restored.restore(path)
    assert found.comparison.name == "cosine"
    (row,) = of_checkpoint.evaluate(path, {"mars": miniatures[1]})
    evaluation = trained(*SHORT).evaluation
    assert evaluation is not None
    assert row.evaluations[0].result.mean_ap == evaluation.result.mean_ap
    with pytest.raises(CheckpointError, match=r"uda-checkpoint-1 .* not resumed.*--init .*last.pt"):
        run("old", *SHORT, resume=True)
    begun = run("begun", *SHORT, "training.steps=1", "evaluation.every=0", init=path)
    assert checkpoint.load(begun.checkpoint)["format"] == FORMAT


def test_a_newer_format_says_so(copied: Callable[..., Path], run: Run) -> None:
    path = copied("new", *SHORT) / "checkpoints" / "last.pt"
    checkpoint.save(path, checkpoint.load(path) | {"format": "uda-checkpoint-3"})
    said = r"newer version .*format uda-checkpoint-3.* up to uda-checkpoint-2\. Update with"
    for use in (restored.restore, checkpoint.load):
        with pytest.raises(CheckpointError, match=said):
            use(path)
    with pytest.raises(CheckpointError, match=said):
        run("new", *SHORT, resume=True)
