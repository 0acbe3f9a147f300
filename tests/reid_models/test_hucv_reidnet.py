"""HUCVReidNet and its attention, against slow re-derivations."""

from __future__ import annotations

import torch
from reid_models import build
from reid_models.channel_attention import ChannelAttention
from reid_models.hucv_reidnet import HUCVReidNet
from reid_models.self_attention import SelfAttention
from torch import nn


def test_self_attention_is_sagans() -> None:
    torch.manual_seed(0)
    block = SelfAttention(16)
    maps = torch.randn(2, 16, 3, 2)
    assert torch.equal(block(maps), maps), "the identity at the start"
    nn.init.constant_(block.gamma, 0.7)
    wanted = maps.clone()
    for image in range(2):
        f, g, h = (
            part(maps[image : image + 1])[0].flatten(1) for part in (block.f, block.g, block.h)
        )
        for j in range(6):  # the position that looks
            exponents = torch.stack([(f[:, i] @ g[:, j]).exp() for i in range(6)])
            seen = sum(exponents[i] / exponents.sum() * h[:, i] for i in range(6))
            wanted[image, :, j // 2, j % 2] += 0.7 * seen
    torch.testing.assert_close(block(maps), wanted)


def test_channel_attention_weighs_channels_by_their_means() -> None:
    torch.manual_seed(0)
    block = ChannelAttention(32)
    maps = torch.randn(2, 32, 4, 3)
    _, first, _, second, _ = block.weights
    means = maps.mean((2, 3))
    hidden = torch.relu(means @ first.weight[..., 0, 0].T + first.bias)
    shares = torch.sigmoid(hidden @ second.weight[..., 0, 0].T + second.bias)
    torch.testing.assert_close(block(maps), maps * shares[..., None, None])


def test_attention_stands_before_and_after_conv5_and_does_nothing_at_first() -> None:
    torch.manual_seed(0)
    model = build("hucv_reidnet", 7).eval()
    assert isinstance(model, HUCVReidNet)
    assert model.before.h.out_channels == 1024
    assert model.after.h.out_channels == 2048
    assert model.feature_size == 1024
    images = torch.randn(2, 3, 64, 32)
    with torch.inference_mode():
        plain = model.backbone(images)
        torch.testing.assert_close(model.maps(images), model.channels(plain))
    inside = {name for name, _ in model.backbone.named_parameters()}
    assert not [name for name in inside if "gamma" in name], "new layers have their own rate"
    seen: list[tuple[int, ...]] = []
    for block in (model.before, model.after):
        block.register_forward_hook(lambda m, given, out: seen.append(tuple(out.shape)))
    model(images[:, None])
    assert seen == [(2, 1024, 4, 2), (2, 2048, 2, 1)]


def test_the_fully_connected_feature_is_what_is_compared_and_classified() -> None:
    torch.manual_seed(0)
    model = build("slim_resnet18", 7, fc=24).train()
    found = model(torch.randn(4, 2, 3, 64, 32))
    assert found.video.shape == (4, 24)
    assert torch.equal(found.video, found.embedding)
    assert bool((found.video >= 0).all())
    head = model.get_submodule("head.classifier")
    torch.testing.assert_close(found.logits, head(found.video))
    linear, norm, _ = model.get_submodule("fc").children()
    out = found.frames.mean(1) @ linear.weight.T
    scaled = (out - out.mean(0)) / (out.var(0, unbiased=False) + 1e-5).sqrt()
    torch.testing.assert_close(found.video, torch.relu(scaled * norm.weight + norm.bias))
