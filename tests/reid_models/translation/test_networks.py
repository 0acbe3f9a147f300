from __future__ import annotations

import pytest
import torch
from reid_models.translation.generator import Generator
from reid_models.translation.patch_discriminator import PatchDiscriminator
from reid_models.translation.siamese import SiameseNet
from reid_models.translation.sizes import SIAMESE_SIDE, smallest_side
from torch import nn


def weights(network: nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())


def test_networks_have_the_published_sizes() -> None:
    assert weights(Generator()) == 11_378_179  # 9 blocks, as CycleGAN's authors print it
    assert weights(PatchDiscriminator()) == 2_764_737
    linear = [m for m in SiameseNet((256, 128)).modules() if isinstance(m, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linear] == [(2048, 128), (128, 64)]


def test_a_generator_keeps_the_size_and_stays_in_range() -> None:
    torch.manual_seed(0)
    pictures = torch.rand(2, 3, 36, 20) * 2 - 1
    found = Generator(4, 1)(pictures)
    assert found.shape == pictures.shape
    assert found.abs().max() <= 1
    assert found.std() > 0


def test_a_generator_of_changes_begins_with_none_and_can_learn_them() -> None:
    torch.manual_seed(0)
    network, pictures = Generator(4, 1, change=True), torch.rand(2, 3, 16, 8) * 2 - 1
    found = network(pictures)
    assert torch.equal(found, pictures)
    (found - 0.5).square().mean().backward()
    last = network.layers[-1]
    assert last.weight.grad is not None
    assert last.weight.grad.abs().max() > 0


@pytest.mark.parametrize("halvings", [1, 2, 3])
def test_a_patch_is_seen_alone(halvings: int) -> None:
    """70 x 70 pixels with three halvings, 34 with two, 16 with one: a pixel further off is none of
    its business. Norms look at the whole picture, and are left out."""
    torch.manual_seed(0)
    network = PatchDiscriminator(2, halvings)
    for number, layer in enumerate(network.layers):
        if type(layer).__name__ == "InstanceNorm":
            network.layers[number] = nn.Identity()
    side = {1: 16, 2: 34, 3: 70}[halvings]
    pictures = torch.zeros(1, 3, 160, 160, requires_grad=True)
    scores = network(pictures)
    scores[0, 0, scores.shape[2] // 2, scores.shape[3] // 2].backward()
    assert pictures.grad is not None
    seen = pictures.grad[0].abs().sum(0) > 0
    assert int(seen.any(1).sum()) == int(seen.any(0).sum()) == side


@pytest.mark.parametrize("halvings", [1, 2, 3, 4])
def test_the_smallest_picture_fits(halvings: int) -> None:
    side = smallest_side(halvings)
    assert PatchDiscriminator(4, halvings)(torch.zeros(1, 3, 2 * side, side)).shape[1] == 1
    with pytest.raises((RuntimeError, ValueError)):
        PatchDiscriminator(4, halvings)(torch.zeros(1, 3, side // 2, side // 2))


def test_the_siamese_network_gives_features_of_length_1() -> None:
    found = SiameseNet((64, SIAMESE_SIDE), 4)(torch.rand(3, 3, 64, SIAMESE_SIDE))
    assert found.shape == (3, 64)
    torch.testing.assert_close(found.norm(dim=1), torch.ones(3))
