"""Domain classification against a plain re-derivation; reversal flips the gradient's sign."""

from __future__ import annotations

import math

import pytest
import torch
from reid_models.discriminators import DomainClassifier
from reid_models.grl import reverse

from uda.losses.adversarial import domain_loss, reversal_strength


def test_equals_a_slow_derivation() -> None:
    source, target = [-2.0, 0.5, -0.1], [1.5, -3.0]
    loss, accuracy = domain_loss(torch.tensor(source), torch.tensor(target))

    def probability(logit: float) -> float:
        return 1 / (1 + math.exp(-logit))

    of_source = -sum(math.log(1 - probability(x)) for x in source) / 3
    of_target = -sum(math.log(probability(x)) for x in target) / 2
    assert loss.item() == pytest.approx((of_source + of_target) / 2)
    assert accuracy.item() == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_a_classifier_that_cannot_tell_scores_ln_2() -> None:
    loss, _ = domain_loss(torch.zeros(3), torch.zeros(8))
    assert loss.item() == pytest.approx(math.log(2))


def test_reversal_flips_the_features_gradient_and_not_the_classifiers() -> None:
    torch.manual_seed(0)
    classifier = DomainClassifier(6, 5).eval()
    features = torch.randn(4, 6, requires_grad=True)
    weight = next(classifier.parameters())

    def gradients(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        loss, _ = domain_loss(classifier(x[:2]), classifier(x[2:]))
        return torch.autograd.grad(loss, [features, weight])

    plain, of_weight = gradients(features)
    reversed_, of_weight_reversed = gradients(reverse(features, 0.4))
    assert plain.abs().sum() > 0
    torch.testing.assert_close(reversed_, -0.4 * plain)
    torch.testing.assert_close(of_weight_reversed, of_weight)


def test_the_reversal_grows_from_zero_to_one() -> None:
    strengths = [reversal_strength(p / 10) for p in range(11)]
    assert strengths[0] == 0
    assert strengths[-1] == pytest.approx(1, abs=1e-3)
    assert strengths == sorted(strengths)
