"""What a GPU is told to compute with; the settings can be looked at on any machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from uda.config import Optimiser
from uda.methods.optimisation import build
from uda.training.fabric import choose_kernels


@pytest.fixture(autouse=True)
def settings_restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    cudnn = torch.backends.cudnn
    before = cudnn.benchmark, cudnn.allow_tf32, torch.get_float32_matmul_precision()
    yield
    cudnn.benchmark, cudnn.allow_tf32 = before[:2]
    torch.set_float32_matmul_precision(before[2])
    torch.use_deterministic_algorithms(False)


@pytest.mark.parametrize("deterministic", [False, True])
def test_fast_unless_the_same_numbers_are_asked_for(deterministic: bool) -> None:
    choose_kernels(deterministic)
    assert torch.backends.cudnn.benchmark is not deterministic
    assert torch.backends.cudnn.allow_tf32 is not deterministic
    assert torch.get_float32_matmul_precision() == ("highest" if deterministic else "high")
    assert torch.are_deterministic_algorithms_enabled() is deterministic


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd"])
def test_a_fused_optimiser_takes_the_same_steps(name: str) -> None:
    moved = []
    for fused in (False, True):
        torch.manual_seed(0)
        model = nn.Linear(4, 3)
        optimiser = build(Optimiser.model_validate({"name": name}), model.parameters(), fused=fused)
        assert bool(optimiser.param_groups[0]["fused"]) is fused
        for _ in range(3):
            optimiser.zero_grad()
            model(torch.randn(5, 4)).square().sum().backward()
            optimiser.step()
        moved.append(model.weight.detach())
    torch.testing.assert_close(*moved, rtol=1e-5, atol=1e-6)
