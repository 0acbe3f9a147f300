"""Maps compared block by block, as one by one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from reid_models.outputs import Features
from reid_models.query_adaptive import LocalFeatures, Matcher

from uda.comparing import COMPARISONS, query_adaptive
from uda.comparing.contract import Side
from uda.comparing.query_adaptive import QueryAdaptive
from uda.errors import UdaError

PLACES = (2, 3)


def compared(stretches: int = 1) -> QueryAdaptive:
    torch.manual_seed(0)
    local, matcher = LocalFeatures(4, 5, stretches), Matcher(6)
    torch.nn.init.normal_(matcher.weigh.weight)
    for _ in range(20):
        some = local(torch.randn(8, 4, 4, *PLACES))
        matcher(some, some)
    return QueryAdaptive(local.eval(), matcher.eval())


def side(comparison: QueryAdaptive, count: int, seed: int) -> Side:
    generator = torch.Generator().manual_seed(seed)
    maps = torch.randn(count, 4, 4, *PLACES, generator=generator)
    nothing = torch.zeros(count, 1)
    with torch.no_grad():
        kept = comparison.represent(Features(nothing, nothing, nothing, None, maps=maps))
    unknown = np.full(count, -1)
    return Side(torch.nn.functional.normalize(kept), unknown, unknown, unknown)


@pytest.mark.parametrize("stretches", [1, 2])
def test_blocks_equal_pairs_one_by_one(stretches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = compared(stretches)
    query, gallery = side(comparison, 5, 1), side(comparison, 7, 2)
    monkeypatch.setitem(query_adaptive.ENTRIES, "cpu", 2 * 2 * 6 * 7)  # two queries
    blocks = [torch.as_tensor(block) for block in comparison.blocks(query, gallery)]
    assert [len(block) for block in blocks] == [2, 2, 1]
    found = torch.cat(blocks)
    shape = (5, stretches, 6)
    for q in range(5):
        for g in range(7):
            one, other = (s.features[i].view(1, *shape) for s, i in ((query, q), (gallery, g)))
            score = comparison.matcher(one, other).item()
            assert found[q, g].item() == pytest.approx(
                (1 - score / (10 + abs(score))) / 2, abs=1e-6
            )
    low, high = comparison.span or (0, 0)
    assert ((found > low) & (found < high)).all()


def test_similarities_are_the_sigmoid_of_scores() -> None:
    comparison = compared()
    query, gallery = side(comparison, 5, 1), side(comparison, 7, 2)
    distances = torch.cat([torch.as_tensor(b) for b in comparison.blocks(query, gallery)])
    scores = torch.cat(list(comparison.scores(query.features, gallery.features)))
    found = comparison.similarities(distances)
    torch.testing.assert_close(found, scores.double().sigmoid(), rtol=1e-4, atol=1e-6)


def test_it_comes_back_from_its_state() -> None:
    comparison = compared(2)
    again = COMPARISONS["query_adaptive"]()
    assert isinstance(again, QueryAdaptive)
    again.restore(comparison.state())
    query, gallery = side(comparison, 3, 1), side(again, 3, 2)
    torch.testing.assert_close(side(again, 3, 1).features, query.features)
    for one, other in zip(
        comparison.blocks(query, gallery), again.blocks(query, gallery), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_a_model_without_maps_is_refused() -> None:
    nothing = torch.zeros(1, 1)
    with pytest.raises(UdaError, match="compares the maps of frames, and this model gives none"):
        compared().represent(Features(nothing, nothing, nothing, None))
