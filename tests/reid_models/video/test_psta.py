"""PSTA: affinities, what a level makes of a pair, and the pyramid."""

from __future__ import annotations

import pytest
import torch
from reid_models.video.pair_aggregation import GRID, PairAggregation, affinity
from reid_models.video.psta import PSTA
from torch import nn


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def model() -> PSTA:
    return PSTA(3).eval()


def settled(module: PairAggregation) -> PairAggregation:
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.normal_(part.running_mean, std=0.1)  # type: ignore[arg-type]
            nn.init.uniform_(part.running_var, 0.5, 2)  # type: ignore[arg-type]
            nn.init.normal_(part.bias)
    return module.eval()


def test_affinities_have_one_channel_for_each_position_of_the_other() -> None:
    at, of = torch.randn(2, 5, *GRID), torch.randn(2, 5, *GRID)
    found = affinity(at, of)
    assert found.shape == (2, 128, *GRID)
    for k, m, i, j in [(0, 0, 0, 0), (3, 5, 11, 2), (15, 7, 0, 1), (9, 0, 15, 7)]:
        expected = at[1, :, i, j] @ of[1, :, k, m]
        torch.testing.assert_close(found[1, k * GRID[1] + m, i, j], expected)


def test_affinities_keep_the_resolution_of_smaller_maps() -> None:
    at, of = torch.randn(1, 5, 4, 2), torch.randn(1, 5, 4, 2)
    found = affinity(at, of)
    assert found.shape == (1, 128, 4, 2)
    # Each position of the 4 x 2 map stands in for 4 x 4 of the grid.
    torch.testing.assert_close(found[0, 7 * 8 + 5, 2, 0], at[0, :, 2, 0] @ of[0, :, 1, 1])


def test_a_pair_is_merged_as_the_paper_says() -> None:
    """One pair at a time, each direction written out."""
    module = settled(PairAggregation(16, inner=8))
    tra, sra = module.temporal, module.spatial
    pairs = torch.randn(2, 2, 16, *GRID)
    with torch.no_grad():
        out = module(pairs)
        for pair, got in zip(pairs, out, strict=True):
            frames = [frame[None] for frame in pair]
            pooled = [frame.mean((2, 3)) for frame in frames]
            embedded = [module.embedding(frame) for frame in frames]
            temporal, spatial = torch.zeros(1, 16, *GRID), torch.zeros(1, 16, *GRID)
            for me, other in ((0, 1), (1, 0)):
                seen = tra.relations(
                    torch.cat(
                        [
                            inner_products(tra.query(frames[me]), tra.key(frames[other])),
                            inner_products(tra.key(frames[me]), tra.query(frames[other])),
                        ],
                        1,
                    )
                )
                both = tra.pair(torch.cat([embedded[me], embedded[other]], 1))
                position = tra.position_weight(torch.cat([both, seen], 1))
                reduced = [tra.reduction(p).relu() for p in (pooled[me], pooled[other])]
                channel = tra.channel_weight(torch.cat(reduced, 1)).view(1, -1, 1, 1)
                temporal += position * channel * frames[me]

                query, key = sra.query(frames[me]), sra.key(frames[me])
                own = sra.relations(
                    torch.cat([inner_products(query, key), inner_products(key, query)], 1)
                )
                position = sra.position_weight(torch.cat([embedded[me], own], 1))
                channel = sra.channel_weight(pooled[me]).view(1, -1, 1, 1)
                spatial += position * channel * frames[me]
            expected = module.bottleneck(temporal.relu() ** 2 + spatial.relu())[0]
            torch.testing.assert_close(got, expected, atol=1e-4, rtol=1e-4)


def inner_products(at: torch.Tensor, of: torch.Tensor) -> torch.Tensor:
    """``(1, C, h, w)`` each, to ``(1, h w, h, w)``."""
    rows = []
    for i in range(of.shape[2]):
        for j in range(of.shape[3]):
            rows.append((at * of[:, :, i, j][..., None, None]).sum(1))
    return torch.stack(rows, 1)


def test_the_order_of_a_pair_does_not_matter() -> None:
    """Both directions share their layers."""
    module = settled(PairAggregation(16, inner=8))
    pairs = torch.randn(1, 2, 16, 4, 2)
    with torch.no_grad():
        torch.testing.assert_close(module(pairs), module(pairs.flip(1)), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("length", "frames"),
    [(8, [4, 2, 1]), (5, [3, 2, 1]), (4, [2, 1, 1]), (1, [1, 1, 1]), (16, [8, 4, 2])],
)
def test_levels_halve_the_frames(model: PSTA, length: int, frames: list[int]) -> None:
    merged: list[int] = []
    hooks = [
        level.register_forward_hook(lambda _, __, out: merged.append(len(out)))
        for level in model.levels
    ]
    with torch.inference_mode():
        model(torch.randn(1, length, 3, 32, 32))
    for hook in hooks:
        hook.remove()
    assert merged == frames


def test_features_are_means_over_levels(model: PSTA) -> None:
    levels: list[torch.Tensor] = []
    hooks = [
        level.register_forward_hook(
            lambda _, __, out: levels.append(out.unflatten(0, (2, -1)).mean((1, 3, 4)))
        )
        for level in model.levels
    ]
    with torch.no_grad():
        features = model(torch.randn(2, 8, 3, 64, 32))
    for hook in hooks:
        hook.remove()
    (first, first_scores), (second, _) = features.auxiliary
    torch.testing.assert_close(first, levels[0])
    torch.testing.assert_close(second, (levels[0] + levels[1]) / 2)
    torch.testing.assert_close(features.video, (levels[0] + levels[1] + levels[2]) / 3)
    assert first_scores is not None
    torch.testing.assert_close(first_scores, model.lower_heads[0](levels[0])[1])
    torch.testing.assert_close(features.embedding, model.head(features.video)[0])
