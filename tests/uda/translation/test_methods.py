"""What moves what, and by how much."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from tests.uda.translation.miniature import settings
from uda.translation.losses import alike
from uda.translation.methods import METHODS
from uda.translation.methods.cyclegan import CycleGan, Made
from uda.translation.methods.spgan import Spgan
from uda.translation.pictures import Batch, Pair


def method(name: str, *overrides: str) -> CycleGan:
    torch.manual_seed(0)
    return METHODS[name](settings(name, *overrides))


def pair(size: tuple[int, int] = (64, 32)) -> Pair:
    draw = torch.Generator().manual_seed(1)
    source, target = (torch.rand(2, 3, *size, generator=draw) * 2 - 1 for _ in range(2))
    masks = torch.zeros(2, 1, *size)
    masks[:, :, 16:48, 8:24] = 1
    return Pair(Batch(source, masks), Batch(target, None))


def moved_by(gan: CycleGan, loss: torch.Tensor) -> set[str]:
    """The networks that a loss has a gradient for."""
    loss.backward()
    return {
        name.partition(".")[0]
        for name, weight in gan.named_parameters()
        if weight.grad is not None and weight.grad.abs().max() > 0
    }


def test_the_generators_loss_is_its_terms() -> None:
    gan, batch = method("cyclegan", "method.identity=5"), pair()
    made = gan.make(batch)
    terms = gan.generator_losses(batch, made, 0)
    source, target = batch.source.pictures, batch.target.pictures
    fooled = (gan.judge_target(made.target) - 1).square().mean()
    fooled = fooled + (gan.judge_source(made.source) - 1).square().mean()
    cycle = (gan.to_source(gan.to_target(source)) - source).abs().mean()
    cycle = cycle + (gan.to_target(gan.to_source(target)) - target).abs().mean()
    identity = (gan.to_target(target) - target).abs().mean()
    identity = identity + (gan.to_source(source) - source).abs().mean()
    torch.testing.assert_close(terms["loss"], fooled + 10 * cycle + 5 * identity)
    assert {"adversarial", "cycle", "identity"} <= terms.keys()


@pytest.mark.parametrize("name", METHODS)
def test_discriminators_move_without_the_generators(name: str) -> None:
    gan, batch = method(name), pair()
    loss = gan.discriminator_losses(batch, gan.make(batch), 0)["loss"]
    assert moved_by(gan, loss) == {"judge_target", "judge_source"}


@pytest.mark.parametrize("name", METHODS)
def test_generators_feel_every_term(name: str) -> None:
    gan, batch = method(name), pair()
    terms = gan.generator_losses(batch, gan.make(batch), 9)
    for key in terms.keys() - {"loss"}:
        gan.zero_grad()
        fresh = gan.generator_losses(batch, gan.make(batch), 9)
        found = moved_by(gan, fresh[key])
        wanted = {"to_target"} if key == "foreground" else {"to_target", "to_source"}
        assert wanted <= found, key


def test_spgan_weighs_pairs_as_published() -> None:
    gan, batch = method("spgan"), pair()
    assert isinstance(gan, Spgan)
    made = gan.make(batch)
    see = gan.siamese
    source, target = see(batch.source.pictures), see(batch.target.pictures)
    there, back = see(made.target), see(made.source)

    def far(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return (2 - (a - b).norm(dim=1)).clamp_min(0).square().mean()

    positive = (source - there).square().sum(1).mean() + (target - back).square().sum(1).mean()
    negative = far(there, target) + far(back, source)
    torch.testing.assert_close(gan.contrastive(batch, made), (positive + negative / 2) / 4)
    own = gan.siamese_losses(batch, made, 9)["loss"]
    torch.testing.assert_close(own, (positive + 2 * far(source, target)) / 3)
    assert moved_by(gan, own) == {"siamese"}
    terms = gan.generator_losses(batch, made, 9)
    before = gan.generator_losses(batch, made, 0)
    assert "contrastive" not in before
    torch.testing.assert_close(terms["loss"], before["loss"] + 2 * gan.contrastive(batch, made))


def test_real_negatives_leave_the_generators_to_positive_pairs() -> None:
    gan, batch = method("spgan", "method.negatives=real"), pair()
    assert isinstance(gan, Spgan)
    weights = list(gan.to_target.parameters())
    found = torch.autograd.grad(gan.contrastive(batch, gan.make(batch)), weights)
    see, made = gan.siamese, gan.make(batch)
    positive = alike(see(batch.source.pictures), see(made.target)) / 3
    wanted = torch.autograd.grad(positive, weights)
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-7)


def test_spgan_takes_turns() -> None:
    gan = method(
        "spgan", "method.generators_every=2", "method.siamese_after=1", "method.contrastive_after=2"
    )
    turns = [[turn.networks for turn in gan.turns(*at)] for at in ((0, 0.0), (1, 0.5), (3, 1.0))]
    assert turns == [
        ["generators", "discriminators"],
        ["discriminators"],
        ["siamese", "discriminators"],
    ]


def test_people_keep_their_colours_where_their_masks_are() -> None:
    gan, batch = method("ptgan"), pair()
    made = gan.make(batch)
    leaf = made.target.detach().requires_grad_(True)
    foreground = gan.generator_losses(batch, Made(leaf, made.source), 0)["foreground"]
    (gradient,) = torch.autograd.grad(foreground, leaf)
    assert batch.source.masks is not None
    inside = batch.source.masks.expand_as(gradient) > 0
    assert gradient[~inside].abs().max() == 0
    assert (gradient[inside] != 0).float().mean() > 0.99


def test_a_target_with_masks_counts_too() -> None:
    gan, batch = method("ptgan"), pair()
    made = gan.make(batch)
    alone = gan.generator_losses(batch, made, 0)["foreground"]
    both = Pair(batch.source, Batch(batch.target.pictures, batch.source.masks))
    added = gan.generator_losses(both, made, 0)["foreground"] - alone
    change = (made.source - batch.target.pictures).abs() * batch.source.masks
    torch.testing.assert_close(added, change.mean())
    assert F.l1_loss(made.source, batch.target.pictures) > change.mean()
