"""One style for the frames of a tracklet."""

from __future__ import annotations

import pytest
import torch
from reid_models.translation.generator import Generator
from reid_models.translation.instance_norm import (
    InstanceNorm,
    by_group,
    one_style,
    style_of,
    with_style,
)


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(0)
    return Generator(4, 1).eval()


@pytest.fixture
def frames() -> torch.Tensor:
    return torch.rand(5, 3, 16, 12, generator=torch.Generator().manual_seed(1)) * 2 - 1


def test_groups_have_the_moments_of_all_their_pictures(frames: torch.Tensor) -> None:
    groups = torch.tensor([1, 0, 1, 1, 0])
    mean, variance = by_group(frames, groups)
    for group in (0, 1):
        together = frames[groups == group].transpose(0, 1).flatten(1)  # (C, N H W)
        torch.testing.assert_close(mean[group].flatten(), together.mean(1))
        torch.testing.assert_close(
            variance[group].flatten(), together.var(1, unbiased=False), rtol=1e-5, atol=1e-6
        )


def test_alone_every_picture_is_normalised_by_itself(frames: torch.Tensor) -> None:
    found = InstanceNorm()(frames)
    torch.testing.assert_close(found, torch.nn.InstanceNorm2d(3)(frames))
    norm = InstanceNorm()
    with one_style(norm, torch.arange(5)):
        torch.testing.assert_close(norm(frames), found, rtol=1e-5, atol=1e-5)


def test_a_style_that_was_measured_is_the_same_frame_by_frame(
    generator: Generator, frames: torch.Tensor
) -> None:
    with torch.no_grad():
        with one_style(generator, torch.zeros(5, dtype=torch.int64)):
            together = generator(frames)
        style = style_of(generator, frames)
        with with_style(generator, style, 1):
            one_by_one = torch.cat([generator(frame[None]) for frame in frames])
        alone = generator(frames)
    torch.testing.assert_close(one_by_one, together, rtol=1e-4, atol=1e-5)
    assert (alone - together).abs().max() > 1e-3


def test_a_tracklet_has_the_style_it_has_without_its_neighbours(
    generator: Generator, frames: torch.Tensor
) -> None:
    with torch.no_grad():
        with one_style(generator, torch.tensor([0, 0, 1, 1, 1])):
            both = generator(frames)
        with one_style(generator, torch.zeros(2, dtype=torch.int64)):
            first = generator(frames[:2])
    torch.testing.assert_close(both[:2], first, rtol=1e-4, atol=1e-5)


def test_an_error_leaves_no_style_behind(generator: Generator, frames: torch.Tensor) -> None:
    with torch.no_grad():
        before = generator(frames)
        with pytest.raises(RuntimeError), one_style(generator, torch.zeros(5, dtype=torch.int64)):
            generator(frames[:, :2])
        assert torch.equal(generator(frames), before)
