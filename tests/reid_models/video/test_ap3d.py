"""AP3D's modules against loops over frames and positions."""

from __future__ import annotations

import math

import pytest
import torch
from reid_models.video.ap3d import AppearancePreserving, TemporalConvolution
from reid_models.video.non_local import NonLocal
from torch import nn

SHAPE = (2, 3, 16, 3, 2)
"""B, T, C, h, w."""


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def mapped(layer: nn.Module, vector: torch.Tensor) -> torch.Tensor:
    """A 1x1 convolution at one position."""
    return layer(vector.view(1, -1, 1, 1)).flatten()


def registered_by_loops(
    module: AppearancePreserving, frame: torch.Tensor, other: torch.Tensor
) -> torch.Tensor:
    """``other`` ``(C, h, w)`` as ``frame`` would have it, position by position."""
    places = [(i, j) for i in range(frame.shape[1]) for j in range(frame.shape[2])]
    out = torch.zeros_like(frame)
    for i, j in places:
        own = mapped(module.semantic, frame[:, i, j])
        weights = []
        for k, m in places:
            theirs = mapped(module.semantic, other[:, k, m])
            norms = max(own.norm().item(), 1e-12) * max(theirs.norm().item(), 1e-12)
            weights.append(math.exp(4 * (own @ theirs).item() / norms))
        for weight, (k, m) in zip(weights, places, strict=True):
            out[:, i, j] += weight / sum(weights) * other[:, k, m]
        contrast = mapped(module.own, frame[:, i, j]) * mapped(module.neighbour, out[:, i, j])
        out[:, i, j] *= torch.sigmoid(mapped(module.contrast, contrast))
    return out


def test_neighbours_are_registered_position_by_position() -> None:
    module = AppearancePreserving(16, factor=4)
    clips = torch.randn(SHAPE)
    empty = torch.zeros(SHAPE[2:])
    with torch.no_grad():
        triples = module(clips)
        assert triples.shape == (2, 3, 3, 16, 3, 2)
        for clip, got in zip(clips, triples, strict=True):
            frames = [empty, *clip, empty]
            for t in range(3):
                torch.testing.assert_close(got[t, 1], clip[t])
                for place, other in ((0, frames[t]), (2, frames[t + 2])):
                    expected = registered_by_loops(module, clip[t], other)
                    torch.testing.assert_close(got[t, place], expected, atol=1e-5, rtol=1e-4)


def test_a_shifted_neighbour_is_brought_back() -> None:
    """Where features tell positions apart, registration undoes a person's movement."""
    module = AppearancePreserving(8, factor=1, temperature=200.0)
    nn.init.dirac_(module.semantic.weight)
    module.contrast.weight.data.fill_(0)
    frame = torch.eye(8).view(8, 4, 2) * 3  # each position has a channel of its own
    moved = frame.roll(1, dims=1)
    triples = module(torch.stack([frame, moved])[None])
    torch.testing.assert_close(triples[0, 0, 2], frame / 2, atol=1e-4, rtol=0)  # sigmoid(0)


def test_contrast_learns_to_compare_and_does_not_shape_features() -> None:
    """Through registration alone every channel of a position gets the same gradient here."""
    module = AppearancePreserving(16, factor=4)
    nn.init.zeros_(module.semantic.weight)  # all positions alike: registered maps are means
    clips = torch.randn(SHAPE, requires_grad=True)
    before = module(clips)[:, :, 0].sum()
    shaped, learnt = torch.autograd.grad(before, [clips, module.own.weight])
    torch.testing.assert_close(shaped, shaped[:, :, :1].expand_as(shaped))
    assert learnt.any()


def test_the_temporal_kernel_weighs_before_itself_and_after() -> None:
    module = TemporalConvolution(16)
    clips = torch.randn(SHAPE)
    assert torch.equal(module(clips), clips)
    nn.init.normal_(module.temporal.weight)
    with torch.no_grad():
        triples = module.appearance(clips)
        taps = module.temporal.weight[..., 0, 0]
        expected = clips + torch.einsum("oik,btkihw->btohw", taps, triples)
        torch.testing.assert_close(module(clips), expected, atol=1e-4, rtol=1e-4)


def test_non_local_blocks_see_every_position_of_every_frame() -> None:
    module = NonLocal(8).eval()
    clips = torch.randn(1, 3, 8, 4, 2)
    assert torch.equal(module(clips), clips)
    nn.init.normal_(module.W.get_submodule("1").get_parameter("weight"))
    with torch.no_grad():
        phi, g = [], []
        for frame in clips[0]:
            for i in range(2):  # 2x2 windows of a 4x2 map
                window = frame[:, 2 * i : 2 * i + 2]
                phi.append(module.phi(window[None]).amax((2, 3)).flatten())
                g.append(module.g(window[None]).amax((2, 3)).flatten())
        out = module(clips)
        for t in range(3):
            for i in range(4):
                for j in range(2):
                    theta = mapped(module.theta, clips[0, t, :, i, j])
                    share = torch.softmax(torch.stack([theta @ p for p in phi]), 0)
                    collected = sum(s * v for s, v in zip(share, g, strict=True))
                    assert isinstance(collected, torch.Tensor)
                    expected = clips[0, t, :, i, j] + mapped(module.W, collected)
                    torch.testing.assert_close(out[0, t, :, i, j], expected, atol=1e-4, rtol=1e-4)
