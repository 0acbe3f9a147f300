"""Pooling over space and over frames."""

from __future__ import annotations

import pytest
import torch
from reid_models import ModelError, build
from reid_models.pooling import SPATIAL, TEMPORAL, GeM, TemporalAttention

MAPS = torch.rand(2, 5, 8, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize("exponent", [1.0, 2.5, 3.0])
def test_gem_is_its_formula(exponent: float) -> None:
    found = GeM(exponent=exponent)(MAPS).flatten(1)
    for image, row in zip(MAPS, found, strict=True):
        for channel, value in zip(image, row, strict=True):
            total = sum(float(x) ** exponent for x in channel.flatten())
            assert float(value) == pytest.approx((total / 32) ** (1 / exponent))


def test_gem_lies_between_the_average_and_the_maximum() -> None:
    torch.testing.assert_close(GeM(exponent=1.0)(MAPS), SPATIAL["average"](1)(MAPS))
    high = GeM(exponent=500.0)(MAPS)
    torch.testing.assert_close(high, SPATIAL["max"](1)(MAPS), rtol=0.01, atol=0)


def test_gem_starts_at_three_and_learns() -> None:
    pool = GeM()
    assert pool.exponent.item() == 3
    pool(MAPS - 0.5).sum().backward()  # half of it negative
    assert pool.exponent.grad is not None
    assert torch.isfinite(pool.exponent.grad).all()
    assert pool.exponent.grad.abs() > 0


@pytest.mark.parametrize("name", ["average", "max", "gem"])
def test_stripes_are_those_of_the_average(name: str) -> None:
    pooled = SPATIAL[name](2)(MAPS)
    assert pooled.shape == (2, 5, 2, 1)
    upper = SPATIAL[name](1)(MAPS[:, :, :4])
    torch.testing.assert_close(pooled[:, :, :1], upper)


def test_attention_is_its_equation() -> None:
    torch.manual_seed(0)
    attention = TemporalAttention(6, hidden=4)
    torch.nn.init.normal_(attention.score.weight)
    frames = torch.randn(2, 3, 6)
    weights = attention.weights(frames)
    torch.testing.assert_close(weights.sum(1), torch.ones(2))
    for clip, found, video in zip(frames, weights, attention(frames), strict=True):
        hidden = [(attention.reduce.weight @ f + attention.reduce.bias).clamp(min=0) for f in clip]
        powers = torch.stack([(attention.score.weight[0] @ h).exp() for h in hidden])
        torch.testing.assert_close(found, powers / powers.sum())
        total = sum((w * f for w, f in zip(found, clip, strict=True)), torch.zeros(6))
        torch.testing.assert_close(video, total)
    assert weights.std(1).min() > 0.01  # it did choose


@pytest.mark.parametrize("name", TEMPORAL)
def test_the_order_of_frames_does_not_matter(name: str) -> None:
    torch.manual_seed(0)
    model = build("slim_resnet18", None, temporal=name).eval()
    clips = torch.randn(2, 4, 3, 32, 16)
    with torch.inference_mode():
        forth, back = model(clips).video, model(clips[:, [2, 0, 3, 1]]).video
    torch.testing.assert_close(forth, back, atol=1e-5, rtol=1e-4)


def test_a_model_with_both_learns_all_of_it() -> None:
    model = build("slim_resnet18", 3, pooling="gem", temporal="attention")
    features = model(torch.randn(2, 3, 3, 32, 16))
    torch.nn.functional.cross_entropy(features.logits, torch.tensor([0, 1])).backward()
    assert [n for n, p in model.named_parameters() if p.requires_grad and p.grad is None] == []
    names = {"pooling.exponent", "temporal.reduce.weight", "temporal.score.weight"}
    assert names <= model.state_dict().keys()


def test_the_poolings_of_a_model_are_what_was_asked_for() -> None:
    torch.manual_seed(0)
    by_maximum = build("slim_resnet18", None, pooling="max").eval()
    average = build("slim_resnet18", None).eval()
    average.load_state_dict(by_maximum.state_dict())
    clips = torch.randn(1, 2, 3, 32, 16)
    with torch.inference_mode():
        assert (by_maximum(clips).frames >= average(clips).frames).all()


def test_unknown_poolings_are_refused() -> None:
    with pytest.raises(ModelError, match=r"model\.pooling among average, .*token, found 'mean'"):
        build("slim_resnet18", None, pooling="mean")
    with pytest.raises(ModelError, match=r"model\.temporal among average, .*mer, found 'gru'"):
        build("slim_resnet18", None, temporal="gru")
