"""A method with optimisers of its own, which take turns within a step."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from reid_datasets import benchmarks
from reid_datasets.benchmarks import Benchmark, mars
from reid_datasets.records import Split

from tests.uda.miniature import Run
from tests.uda.training.test_resume import assert_same, entries, stop_at
from uda.errors import CheckpointError, ConfigError
from uda.runs import checkpoint
from uda.training.fabric import require_one_scale
from uda.training.session import Interrupted

FILE = Path(__file__).with_name("toy_gan.py")
TOY = f"{FILE}:ToyGan"
FALLING = ("schedule.kind=multistep", "schedule.milestones=[1,2]", "schedule.warmup=0")


def critic(path: Path) -> torch.Tensor:
    return checkpoint.load(path)["method"]["critic.weight"]


@pytest.mark.parametrize("step", [2, 6], ids=["mid-epoch", "end of epoch"])
def test_interrupted_and_resumed_equals_unbroken(
    run: Run, trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    unbroken = trained(*FALLING, method=TOY)
    with monkeypatch.context() as patch:
        stop_at(patch, step)
        with pytest.raises(Interrupted):
            run("broken", *FALLING, method=TOY)
    resumed = run("broken", *FALLING, method=TOY, resume=True)
    assert_same(unbroken.checkpoint, resumed.checkpoint)
    assert entries(unbroken.output) == entries(tmp_path / "broken")
    states = [checkpoint.load(found.checkpoint)["optimisers"] for found in (unbroken, resumed)]
    for name in ("main", "critic"):
        torch.testing.assert_close(states[0][name], states[1][name], rtol=0, atol=0)


def test_losses_and_rates_of_both_are_logged(trained: Run) -> None:
    logged = [entry for entry in entries(trained(*FALLING, method=TOY).output) if "step" in entry]
    steps = [entry for entry in logged if "loss/loss" in entry]
    assert len(steps) == 12
    for entry in steps:
        assert entry["loss/loss_critic_losses"] == entry["loss/critic"]
        assert entry["loss/loss_losses"] == pytest.approx(
            entry["loss/identity"] + entry["loss/fooled"], rel=1e-5
        )
        assert entry["schedule/learning_rate_critic"] == 0.05
    rates = [entry["schedule/learning_rate"] for entry in steps[::3]]
    assert rates == pytest.approx([rates[0], rates[0] / 10, rates[0] / 100, rates[0] / 100])


def test_a_turn_moves_its_own_optimisers_alone(run: Run, trained: Run) -> None:
    """The student's loss has a gradient for the critic, which nevertheless stays."""
    plain = trained(*FALLING, method=TOY)
    still = run("still", *FALLING, "method.critic_lr=1e-12", method=TOY)
    start = torch.full((1, 12), 0.5)
    torch.testing.assert_close(critic(still.checkpoint), start, rtol=0, atol=1e-8)
    assert (critic(plain.checkpoint) - start).abs().max() > 1e-3


def test_gradients_are_clipped_turn_by_turn(run: Run) -> None:
    """Each is no longer than the bound: plain descent moves the critic by rate times bound."""
    one = ("training.epochs=1", "training.steps=1", "training.clip_gradient=0.01")
    path = run("clipped", *one, method=TOY).checkpoint
    moved = torch.cat(
        [critic(path).flatten() - 0.5, checkpoint.load(path)["method"]["critic.bias"]]
    )
    assert moved.norm().item() == pytest.approx(0.05 * 1.9 * 0.01, rel=1e-3)  # Nesterov's first


def test_a_turn_of_an_optimiser_that_is_not_there(run: Run) -> None:
    with pytest.raises(ConfigError, match=r"optimiser generator in the turn losses, but has only"):
        run("x", method=f"{FILE}:Forgetful")


def test_a_checkpoint_of_other_optimisers_is_not_resumed(run: Run, trained: Run) -> None:
    short = ("training.epochs=1",)
    path = run("once", *short, method=TOY).checkpoint
    saved = checkpoint.load(path)
    saved["optimisers"]["discriminator"] = saved["optimisers"].pop("critic")
    checkpoint.save(path, saved)
    with pytest.raises(CheckpointError, match=r"main, discriminator, but .* now has main, critic"):
        run("once", *short, method=TOY, resume=True)


@pytest.mark.parametrize(("precision", "optimisers"), [("16-mixed", 1), ("bf16-mixed", 2)])
def test_half_precision_has_one_scale_for_one_optimiser(precision: str, optimisers: int) -> None:
    def fabric(precision: str) -> Any:
        strategy = SimpleNamespace(precision=SimpleNamespace(precision=precision))
        return SimpleNamespace(strategy=strategy)

    require_one_scale(fabric(precision), optimisers)
    with pytest.raises(ConfigError, match=r"16-mixed scales .* 2 optimisers\. Use .*bf16-mixed"):
        require_one_scale(fabric("16-mixed"), 2)


def dressed(root: Path) -> Split:
    """Everybody has two outfits."""
    split = mars.read(root)
    worn = [10 * t.person_id + number % 2 for number, t in enumerate(split.train)]
    train = [type(t)(t.frames, t.person_id, t.camera_id, w)
             for t, w in zip(split.train, worn, strict=True)]  # fmt: skip
    return Split(tuple(train), split.query, split.gallery)


def test_the_clothes_classifier_of_cal_keeps_its_rate(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(benchmarks.BENCHMARKS, "mars", Benchmark("Dressed", dressed))
    result = run("cal", *FALLING, "optimiser.lr=0.002", "method.start=0", method="cal")
    steps = [entry for entry in entries(result.output) if "loss/loss" in entry]
    assert [entry["schedule/learning_rate_clothes"] for entry in steps] == [0.002] * 12
    main = [entry["schedule/learning_rate"] for entry in steps[::3]]
    assert main == pytest.approx([0.002, 0.0002, 0.00002, 0.00002])
    assert "loss/clothes" in steps[0]
