"""Gradient reversal and the classifiers behind it."""

from __future__ import annotations

import torch
from reid_models.discriminators import DomainClassifier
from reid_models.grl import reverse


def test_reversal_keeps_values_and_turns_gradients() -> None:
    x = torch.randn(3, 4, requires_grad=True)
    y = reverse(x, 0.25)
    assert torch.equal(y, x)
    weights = torch.randn(3, 4)
    (y * weights).sum().backward()
    torch.testing.assert_close(x.grad, -0.25 * weights)


def test_zero_strength_stops_the_gradient() -> None:
    x = torch.randn(2, requires_grad=True)
    reverse(x, 0.0).sum().backward()
    assert x.grad is not None
    assert (x.grad == 0).all()


def test_the_classifier_gives_one_logit_for_frames_and_videos() -> None:
    classifier = DomainClassifier(6, 8)
    assert classifier(torch.randn(2, 5, 6)).shape == (2, 5)
    assert classifier(torch.randn(2, 6)).shape == (2,)


def test_the_classifier_learns_and_its_adversary_unlearns() -> None:
    torch.manual_seed(0)
    domain = torch.tensor([0.0, 1.0]).repeat(32)
    features = torch.randn(64, 6) + 2 * domain[:, None]
    classifier = DomainClassifier(6, 16, dropout=0.0)
    optimiser = torch.optim.Adam(classifier.parameters(), 0.05)
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits
    for _ in range(40):
        optimiser.zero_grad()
        loss_of(classifier(features), domain).backward()
        optimiser.step()
    assert ((classifier(features) > 0) == (domain > 0)).float().mean() > 0.9
    moved = features.clone().requires_grad_()
    before = loss_of(classifier(reverse(moved, 1.0)), domain)
    before.backward()
    assert moved.grad is not None
    assert loss_of(classifier(moved - 5 * moved.grad), domain) > before
