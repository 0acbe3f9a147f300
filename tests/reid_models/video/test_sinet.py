"""SINet's modules against loops over clips, frames and positions."""

from __future__ import annotations

import math

import pytest
import torch
from reid_models.video.frame_groups import FrameGroups, continued
from reid_models.video.integration_distribution import IntegrationDistribution
from reid_models.video.salient_to_broad import SalientToBroad
from torch import nn


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def settled(module: nn.Module) -> nn.Module:
    """``module`` as after some training: no parameter is zero, no statistics are the initial."""
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.normal_(part.running_mean, std=0.1)  # type: ignore[arg-type]
            nn.init.uniform_(part.running_var, 0.5, 2)  # type: ignore[arg-type]
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.3)
    return module.eval()


def test_short_clips_are_continued_from_their_beginning() -> None:
    clips = torch.arange(3)[None]
    assert continued(clips, 4).tolist() == [[0, 1, 2, 0]]
    assert continued(clips[:, :1], 4).tolist() == [[0, 0, 0, 0]]
    assert continued(clips, 3) is clips


def test_groups_of_frames_do_not_see_each_other() -> None:
    class Mean(nn.Module):
        def forward(self, clips: torch.Tensor) -> torch.Tensor:
            assert clips.shape[1] == 4
            return clips.mean(1, keepdim=True).expand_as(clips)

    frames = torch.arange(5.0).view(1, 5, 1, 1, 1).expand(2, 5, 3, 2, 2)
    out = FrameGroups(Mean(), 4)(frames)
    assert out.shape == frames.shape
    assert out[0, :, 0, 0, 0].tolist() == [1.5, 1.5, 1.5, 1.5, 1.75]  # 4, 0, 1, 2


def test_integration_mixes_every_position_with_every_other() -> None:
    channels, grid, frames = 32, (4, 2), 4
    module = settled(IntegrationDistribution(channels, grid, frames, factor=4))
    assert isinstance(module, IntegrationDistribution)
    clips = torch.randn(2, frames, channels, *grid).relu()
    places = [(t, i, j) for t in range(frames) for i in range(grid[0]) for j in range(grid[1])]
    reduce_positions, spread_positions = module.thw_reduction, module.thw_expansion
    with torch.no_grad():
        out = module(clips)
        for clip, got in zip(clips, out, strict=True):
            z = torch.stack(
                [module.chl_reduction(clip[t, :, i, j].view(1, -1, 1, 1))[0, :, 0, 0]
                 for t, i, j in places]
            )  # fmt: skip
            mixed = z.clone()
            for channel in range(z.shape[1]):
                column = z[:, channel].view(1, -1, 1, 1)
                mixed[:, channel] += spread_positions(reduce_positions(column)).flatten()
            for number, (t, i, j) in enumerate(places):
                spread = module.chl_expansion(mixed[number].view(1, -1, 1, 1)).flatten()
                expected = (clip[t, :, i, j] + spread).relu()
                torch.testing.assert_close(got[t, :, i, j], expected, atol=1e-4, rtol=1e-4)


def test_integration_reaches_other_map_sizes() -> None:
    """The added part is as smooth as the grid; what enters keeps its own resolution."""
    module = settled(IntegrationDistribution(16, (4, 2), factor=4))
    clips = torch.randn(1, 4, 16, 8, 4).relu()
    with torch.no_grad():
        out = module(clips)
    assert out.shape == clips.shape
    assert not torch.equal(out, clips)


@pytest.mark.parametrize("salient", [1, 2, 3])
def test_broad_frames_are_suppressed_where_they_answer(salient: int) -> None:
    channels, height, width = 8, 5, 4
    module = settled(SalientToBroad(channels, salient))
    assert isinstance(module, SalientToBroad)
    clips = torch.randn(2, 4, channels, height, width).relu()
    with torch.no_grad():
        out = module(clips)
        for clip, got in zip(clips, out, strict=True):
            expected = broad_by_loops(module, clip, salient)
            torch.testing.assert_close(got, expected, atol=1e-4, rtol=1e-4)


def broad_by_loops(module: SalientToBroad, clip: torch.Tensor, salient: int) -> torch.Tensor:
    """SBM on one clip ``(T, C, h, w)``, position by position."""
    length, channels, height, width = clip.shape
    everywhere = [(i, j) for i in range(height) for j in range(width)]
    excited = module.se(clip.mean((0, 2, 3)).view(1, -1, 1, 1)).flatten()
    gate = torch.zeros(channels)
    for c in range(channels):
        inner = clip[:, c, 1:-1, 1:-1].mean()
        gate[c] = excited[c] if inner > clip[:, c].mean() else 0.0
    gated = (clip * gate.view(1, -1, 1, 1)).relu()

    attention = torch.zeros(salient, height, width, 9)
    for t in range(salient):
        for i, j in everywhere:
            active = module.kernel(gated[t, :, i, j].view(1, -1, 1, 1)).flatten()
            attention[t, i, j] = active / max(active.abs().sum().item(), 1e-12)
    kernel = torch.zeros(channels, 9)
    for tap in range(9):
        weight = attention[..., tap] / max(attention[..., tap].sum().item(), 1e-12)
        for t in range(salient):
            for i, j in everywhere:
                kernel[:, tap] += weight[t, i, j] * gated[t, :, i, j]

    kept = torch.ones(length - salient, height, width)
    for t in range(salient, length):
        answers = torch.zeros(height, width)
        for i, j in everywhere:
            for tap in range(9):
                row = min(max(i + tap // 3 - 1, 0), height - 1)
                column = min(max(j + tap % 3 - 1, 0), width - 1)
                answers[i, j] += (kernel[:, tap] * gated[t, :, row, column]).sum() / 9
        total = sum(math.exp(value) for value in answers.flatten().tolist())
        for i, j in everywhere:
            share = max(math.exp(answers[i, j].item()) / total, 1e-4)
            inverse = 1 / (share * height * width)
            kept[t - salient, i, j] = math.exp(5 * (inverse - 1)) if inverse < 1 else 1.0
    out = clip.clone()
    out[salient:] = clip[salient:] * kept[:, None]
    out[salient:] += 0.1 * clip[:salient].mean((0, 2, 3)).view(1, -1, 1, 1)
    lost = 1 - kept[:, None]
    missed = (lost * clip[salient:]).mean((0, 2, 3)) / lost.mean()
    out[:salient] += 0.1 * missed.view(1, -1, 1, 1)
    return out


def test_frames_without_an_answer_are_left_alone() -> None:
    """Constant frames answer everywhere alike: nothing is suppressed or divided by zero."""
    module = SalientToBroad(8, 1).eval()
    clips = torch.ones(1, 4, 8, 4, 2)
    with torch.no_grad():
        torch.testing.assert_close(module(clips)[:, 1:], 1.1 * clips[:, 1:])
        assert module(clips).isfinite().all()


def test_strong_answers_leave_finite_gradients() -> None:
    """One position far above the others pushes their 1 / (N p) past what an exponential holds."""
    module = SalientToBroad(4, 1)
    answers = torch.zeros(1, 3, 1, 16, 8)
    answers[..., 3, 3] = 50
    answers.requires_grad_()
    kept = module.kept(answers)
    kept.sum().backward()
    assert answers.grad is not None
    assert answers.grad.isfinite().all()
    assert (kept[..., 3, 3] < 0.01).all()
    assert (1 - kept).sum().item() == pytest.approx(3, abs=0.1)
