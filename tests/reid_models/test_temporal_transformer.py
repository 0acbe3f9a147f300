"""A transformer over frames starts as their mean, and can learn what a mean cannot."""

from __future__ import annotations

import pytest
import torch
from reid_models import ModelError, build
from reid_models.temporal_transformer import SINUSOIDS, TemporalTransformer
from torch.nn import functional as F

SIZE = (64, 32)


def moved(head: TemporalTransformer) -> TemporalTransformer:
    """With no weight left at zero."""
    torch.manual_seed(0)
    for weight in head.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    return head


@pytest.mark.parametrize("length", [1, 4, 7])
def test_it_starts_as_the_mean_over_frames(length: int) -> None:
    frames = torch.randn(2, length, 24)
    assert torch.equal(TemporalTransformer(24, layers=2)(frames), frames.mean(1))


def test_it_is_attention_and_an_mlp_on_normed_features() -> None:
    head, frames = moved(TemporalTransformer(128)), torch.randn(1, 3, 128)
    (block,) = head.blocks
    assert block.heads == 2
    rates = torch.tensor([1000.0 ** (-i / 31) for i in range(32)])
    x = torch.stack(
        [
            frames[0, t] + head.position.weight @ torch.cat([(t * rates).sin(), (t * rates).cos()])
            for t in range(3)
        ]
    )
    q, k, v = block.qkv(F.layer_norm(x, (128,), block.norm1.weight, block.norm1.bias)).chunk(3, 1)
    heads = []
    for part in (slice(0, 64), slice(64, 128)):
        weights = (q[:, part] @ k[:, part].T / 8).softmax(1)
        heads.append(weights @ v[:, part])
    x = x + block.proj(torch.cat(heads, 1))
    x = x + block.fc2(F.gelu(block.fc1(block.norm2(x))))
    torch.testing.assert_close(head(frames)[0], x.mean(0))
    assert head.position.weight.shape == (128, SINUSOIDS)


def test_the_order_of_frames_counts_once_positions_are_learned() -> None:
    frames = torch.randn(1, 4, 12)
    head = moved(TemporalTransformer(12))
    assert not torch.allclose(head(frames), head(frames.flip(1)), atol=1e-4)
    torch.nn.init.zeros_(head.position.weight)
    torch.testing.assert_close(head(frames), head(frames.flip(1)))


def test_every_weight_learns_in_the_second_step() -> None:
    """In the first one what lies behind a zero has no gradient."""
    head = TemporalTransformer(12, layers=2)
    optimiser = torch.optim.SGD(head.parameters(), lr=1.0)
    for _ in range(2):
        optimiser.zero_grad()
        (head(torch.randn(3, 4, 12)) * torch.randn(12)).sum().backward()
        optimiser.step()
    assert all(weight.grad is not None and weight.grad.any() for weight in head.parameters())


def test_it_tells_an_order_that_a_mean_cannot() -> None:
    torch.manual_seed(0)
    one, other = torch.randn(2, 8)
    clips = torch.stack([torch.stack([one, other]), torch.stack([other, one])])
    head, scores = TemporalTransformer(8), torch.nn.Linear(8, 2)
    optimiser = torch.optim.Adam([*head.parameters(), *scores.parameters()], lr=0.01)
    for _ in range(150):
        loss = F.cross_entropy(scores(head(clips)), torch.tensor([0, 1]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert float(loss.detach()) < 0.1


def test_any_image_model_takes_it() -> None:
    model = build("slim_resnet18", 3, size=SIZE, temporal="transformer", temporal_layers=3).eval()
    assert len(model.temporal.blocks) == 3
    features = model(torch.randn(2, 3, 3, *SIZE))
    torch.testing.assert_close(features.video, features.frames.mean(1))


def test_a_video_model_keeps_its_own_way() -> None:
    with pytest.raises(ModelError, match=r"model\.temporal and model\.fc for sinet"):
        build("sinet", 3, temporal="transformer")
