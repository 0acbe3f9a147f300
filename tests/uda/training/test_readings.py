"""A step that logs nothing leaves the device alone: to read a number waits for all before it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from reid_models import build as build_model
from torch.utils._python_dispatch import TorchDispatchMode

from tests.uda.methods.built import built, labelled, unlabelled
from tests.uda.miniature import Run
from tests.uda.training.test_resume import assert_same, entries
from uda.errors import TrainingError
from uda.methods.glt import Glt
from uda.methods.mmt import Mmt
from uda.methods.pseudo_label import PseudoLabel
from uda.methods.source_only import SourceOnly
from uda.methods.spcl import SpCL
from uda.methods.strong_baseline import StrongBaseline
from uda.training import loop
from uda.training.readings import Readings, Scalars, TurnScalars

WAITING = ("_local_scalar_dense", "nonzero", "masked_select", "unique", "_unique2", "equal")
"""Operators whose result the host needs before it can go on."""


class HostReads(TorchDispatchMode):
    """Counts operators that would wait for a GPU."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        masked = name in ("index", "index_put_") and any(
            index is not None and index.dtype == torch.bool for index in args[1]
        )
        if name in WAITING or masked:
            self.found[name] += 1
        return func(*args, **(kwargs or {}))


def test_host_reads_are_seen() -> None:
    numbers = torch.arange(4.0)
    with HostReads() as seen:
        float(numbers[0])
        bool(numbers[1] > 0)
        numbers[numbers > 1]
        numbers[numbers.argmax()]
        torch.unique(numbers)
    assert seen.found == {"_local_scalar_dense": 3, "index": 1, "_unique2": 1}


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("source_only", {}),
        ("source_only", {"distance": "cosine"}),
        ("adabn", {}),
        ("dann", {}),
        ("mean_teacher", {}),
        ("synthetic_to_real", {"consistency_start": 0.0, "clusters": 3}),
        ("pseudo_label", {"min_samples": 1}),
        ("mmt", {"min_samples": 1}),
        ("strong_baseline", {"min_samples": 1}),
        ("glt", {"groups": [2, 2]}),
        ("jvtc", {}),
        ("spcl", {}),
        ("qaconv", {}),
        ("qaconv_gs", {}),
        ("cal", {"start": 0.0}),
        ("source_only", {"norm": "dsbn"}),
        ("source_only", {"norm": "cbn"}),
    ],
)
def test_no_step_of_a_method_waits(
    tiny: str, name: str, chosen: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = dict(chosen)
    torch.manual_seed(0)
    clips = torch.randn(11, 2, 3, 32, 16)
    people, worn = [0, 0, 1, 1, 2, 2], [0, 1, 2, 3, 4, 5]
    labels = {"identity": torch.tensor(people), "clothes": torch.tensor(worn)}
    norm = chosen.pop("norm", "bn")
    method = built(name, build_model(tiny, 3, norm=norm), 5, labels, **chosen)
    if isinstance(method, PseudoLabel | Mmt | StrongBaseline):
        method.groups.copy_(torch.tensor([0, 0, 1, 1, 2]))
        method.found.set(3)
    if isinstance(method, Glt):
        method.labels.copy_(torch.tensor([[0, 0, 1, 1, 1], [0, 0, 0, 1, 1]]))
        method.memory.regroup(method.labels[1])
        method.found.set(2)
    if isinstance(method, SpCL):
        method.memory.regroup(torch.tensor([0, 0, 1, 1, 2]))
    pair = labelled(clips[:6], people, clothes=worn), unlabelled(clips[6:])
    optimiser = torch.optim.Adam(method.parameters(), fused=True)
    with monkeypatch.context() as patched, HostReads() as seen:
        # No operator, so that HostReads does not see it.
        patched.setattr(torch.Tensor, "tolist", lambda tensor: pytest.fail("waits for a list"))
        terms = method.losses(*pair, progress=0.5)
        terms["loss"].backward()
        turn = TurnScalars("losses", [Scalars.of(terms, [pair])])
        turn.norms["total"] = torch.nn.utils.clip_grad_norm_(method.parameters(), 1.0)
        optimiser.step()
        method.after_step()
    del seen.found["equal"]  # k-means asks whether it is done, on a CPU alone
    assert seen.found == {}
    readings = Readings(10)
    readings.add(1, 1, [turn])
    values, _ = readings.take()
    for term, value in terms.items():
        kind = "loss" if value.requires_grad else "metric"
        assert values[f"{kind}/{term}"] == pytest.approx(value.item(), rel=1e-6)


@pytest.fixture
def seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Losses are read as they are on a GPU: every ten steps, or where they are logged."""
    monkeypatch.setattr(loop.Readings, "on", lambda device: Readings(10))


@pytest.mark.usefixtures("seldom")
def test_what_is_read_seldom_is_logged_as_ever(run: Run, trained: Run) -> None:
    often = trained()
    assert_same(often.checkpoint, run("seldom").checkpoint)
    assert entries(often.output) == entries(run("seldom-again").output)


@pytest.mark.usefixtures("seldom")
def test_a_broken_step_is_found_later_and_saved_never(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses, calls = SourceOnly.losses, []

    def broken(self: SourceOnly, *batch: Any) -> dict[str, torch.Tensor]:
        calls.append(1)
        terms = losses(self, *batch)
        return terms | {"loss": terms["loss"] * (torch.nan if len(calls) == 5 else 1)}

    monkeypatch.setattr(SourceOnly, "losses", broken)
    with pytest.raises(TrainingError, match=r"step 5 .*loss is not a finite number"):
        run("nan", "monitoring.every=50", "monitoring.gradient_norms_every=0", method="source_only")
    assert len(calls) == 6, "at the end of the epoch, before its checkpoint"
    kept = torch.load(tmp_path / "nan" / "checkpoints" / "last.pt", weights_only=True)
    assert all(tensor.isfinite().all() for tensor in kept["model"].values())
