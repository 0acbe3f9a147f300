"""A compiled student trains as a plain one, under the same names."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.uda.miniature import Run
from uda.errors import ConfigError
from uda.runs import checkpoint, restored
from uda.training import compiled

SHORT = (
    "training.epochs=1",
    "monitoring.gradient_norms_every=2",
    "optimiser.name=sgd",  # Adam makes a step of every rounding error
    "optimiser.lr=0.01",
)


def assert_trained_alike(run: Run, method: str, *more: str) -> None:
    plain = checkpoint.load(run("plain", *SHORT, *more, method=method).checkpoint)
    compiled = ("training.compile=true", *more)
    path = run("compiled", *SHORT, *compiled, method=method).checkpoint
    found = checkpoint.load(path)
    for part in ("model", "method"):
        assert found[part].keys() == plain[part].keys()
        for name, tensor in plain[part].items():
            torch.testing.assert_close(found[part][name], tensor, rtol=1e-3, atol=1e-4)
    student, _ = restored.model(path)
    assert student(torch.zeros(1, 2, 3, 32, 16)).embedding.shape == (1, 12)


def test_graphs_without_a_compiler(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the last stage of torch.compile, which takes most of the time."""
    calls = []

    def in_python(student: torch.nn.Module, device: torch.device) -> None:
        calls.append(device)
        compiled.compile_student(student, device, backend="aot_eager")

    monkeypatch.setattr("uda.training.run.compile_student", in_python)
    assert_trained_alike(run, "synthetic_to_real", "method.consistency_start=0")
    assert len(calls) == 1


@pytest.mark.slow
def test_compiled_and_plain_training_agree(run: Run) -> None:
    """Without clusters, which jump where a rounding error decides."""
    assert_trained_alike(run, "source_only")


def test_a_machine_that_cannot_compile_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_here(*arguments: Any, **options: Any) -> Any:
        raise RuntimeError("No working C++ compiler found in (None,)")

    monkeypatch.setattr(torch, "compile", nothing_here)
    with pytest.raises(ConfigError, match=r"No working C\+\+ compiler.*training.compile=false"):
        run("x", "training.compile=true")
