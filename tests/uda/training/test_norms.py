"""Runs whose norms keep domains or cameras apart, from settings to scores."""

from __future__ import annotations

import pytest
import torch

from tests.uda.miniature import Run
from uda.errors import ConfigError
from uda.runs import checkpoint, restored

SHORT = ("training.epochs=1", "training.steps=2", "evaluation.every=0")


@pytest.mark.parametrize("norm", ["dsbn", "cbn"])
@pytest.mark.parametrize(
    "method",
    ["synthetic_to_real", "mean_teacher", "mmt", "spcl", "jvtc", "jvtc_plus", "glt"],
)
def test_a_run_is_tested_as_it_was_trained(tiny: str, trained: Run, norm: str, method: str) -> None:
    result = trained(f"model.norm={norm}", *SHORT, method=method)
    student, settings = restored.model(result.checkpoint)
    assert settings.model.norm == norm
    kinds = {type(module).__name__ for module in student.modules()}
    assert ("DomainBatchNorm" if norm == "dsbn" else "CameraBatchNorm") in kinds


def test_both_domains_statistics_are_kept_apart(trained: Run) -> None:
    weights = checkpoint.load(trained("model.norm=dsbn", *SHORT).checkpoint)["model"]
    means = [weights[f"backbone.1.{domain}.running_mean"] for domain in ("source", "target")]
    assert all(mean.abs().max() > 0 for mean in means)
    assert not torch.equal(*means)


def test_adabn_takes_the_targets_statistics_after_training(run: Run, trained: Run) -> None:
    plain = trained(*SHORT, method="source_only")
    adapted = run("adapted", "model.norm=adabn", *SHORT, method="source_only")
    before, after = (checkpoint.load(each.checkpoint)["model"] for each in (plain, adapted))
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert moved
    assert all("running" in name or "num_batches" in name for name in moved)


@pytest.mark.parametrize(
    ("method", "settings", "phrase"),
    [
        ("source_only", ("model.norm=dsbn",), "which source_only never trains"),
        ("adabn", ("model.norm=dsbn",), "which adabn never trains"),
        ("synthetic_to_real", ("model.norm=cbn", "method.statistics=joint"), "keeps domains apart"),
    ],
)
def test_norms_that_make_no_sense_are_refused(
    run: Run, method: str, settings: tuple[str, ...], phrase: str
) -> None:
    with pytest.raises(ConfigError, match=phrase):
        run("refused", *settings, *SHORT, method=method)
