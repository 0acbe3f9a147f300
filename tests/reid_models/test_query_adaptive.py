"""Maps matched place by place: a score worked out by hand, and all others one by one."""

from __future__ import annotations

import pytest
import torch
from reid_models.query_adaptive import LocalFeatures, Matcher, best_matches
from torch.nn import functional as F

QUERY = torch.tensor([[1.0, 0.0], [0.6, 0.8]]).T[None, :, None]
GALLERY = torch.tensor([[0.0, 1.0], [1.0, 0.0]]).T[None, :, None]
"""Two places of two channels each: (1, c, 1, s)."""


def features(count: int, stretches: int = 1, places: int = 6, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 5, stretches, places, generator=generator)


def by_hand() -> Matcher:
    """Norms and weights that are easy to reckon with."""
    matcher = Matcher(2).eval()
    with torch.no_grad():
        for norm, mean, variance in ((matcher.norm, 0.5, 0.25), (matcher.score_norm, 1.0, 4.0)):
            norm.eps = 0
            norm.running_mean.fill_(mean)
            norm.running_var.fill_(variance)
        matcher.weigh.weight.copy_(torch.tensor([[0.75, 0.25]]))
        matcher.weigh.bias.fill_(0.1)
        matcher.score_norm.weight.fill_(3)
        matcher.score_norm.bias.fill_(0.5)
    return matcher


def test_a_score_worked_out_by_hand() -> None:
    """Cosines are 0, 1 and 0.8, 0.6: best matches 1, 0.8 of the query's places and 0.8, 1 of the
    gallery's. Less 0.5, by 0.5: 1, 0.6 and 0.6, 1. Weighted: 1.0 and 0.8. (1.8 - 1) / 2 x 3 + 0.5.
    """
    best = best_matches(QUERY, GALLERY)
    torch.testing.assert_close(best, torch.tensor([[[[1.0, 0.8], [0.8, 1.0]]]]))
    torch.testing.assert_close(by_hand()(QUERY, GALLERY), torch.tensor([[1.7]]))


def test_lengths_of_local_features_do_not_matter() -> None:
    torch.testing.assert_close(best_matches(3 * QUERY, GALLERY / 7), best_matches(QUERY, GALLERY))


@pytest.mark.parametrize("stretches", [1, 3])
@pytest.mark.parametrize("at_once", [None, 1, 400])
def test_best_matches_equal_brute_force_in_parts_of_any_size(
    stretches: int, at_once: int | None
) -> None:
    query, gallery = features(4, stretches), features(7, stretches, seed=1)
    found = best_matches(query, gallery, at_once)
    assert found.shape == (4, 7, 2, 6)
    for q, own in enumerate(query):
        for g, other in enumerate(gallery):
            for side, (here, there) in enumerate(((own, other), (other, own))):
                for place in range(6):
                    best = [
                        max(
                            float(F.cosine_similarity(here[:, t, place], there[:, u, r], dim=0))
                            for u in range(stretches)
                            for r in range(6)
                        )
                        for t in range(stretches)
                    ]
                    assert found[q, g, side, place].item() == pytest.approx(
                        sum(best) / stretches, abs=1e-5
                    )


def test_a_score_is_the_same_from_either_side() -> None:
    torch.manual_seed(0)
    matcher = Matcher(6)
    torch.nn.init.normal_(matcher.weigh.weight)
    one, other = features(5), features(4, seed=1)
    for _ in range(3):
        matcher(one, other)
    matcher.eval()
    torch.testing.assert_close(matcher(one, other), matcher(other, one).T)
    torch.testing.assert_close(matcher(one[2:3], other[1:2])[0, 0], matcher(one, other)[2, 1])


def test_places_are_averaged_over_the_frames_of_each_stretch() -> None:
    torch.manual_seed(0)
    maps = torch.randn(2, 4, 3, 5, 2)
    for stretches, parts in ((1, [[0, 1, 2, 3]]), (2, [[0, 1], [2, 3]]), (4, [[0], [1], [2], [3]])):
        local = LocalFeatures(3, 6, stretches).eval()
        images = local.norm(local.convolution(maps.flatten(0, 1)))
        places = F.normalize(images, dim=1).unflatten(0, (2, 4)).flatten(3)
        wanted = torch.stack([places[:, frames].mean(1) for frames in parts], dim=2)
        torch.testing.assert_close(local(maps), wanted)
    still = LocalFeatures(3, 6, 4).eval()(maps[:, :1])
    torch.testing.assert_close(still, still[:, :, :1].expand_as(still))


def test_gradients_go_through_best_matches_alone() -> None:
    query = QUERY.clone().requires_grad_()
    best_matches(query, GALLERY)[..., 0, 0].sum().backward()
    assert query.grad is not None
    assert query.grad[..., 1].abs().sum() == 0
    query.grad = None
    best_matches(query, GALLERY)[..., 1, 0].sum().backward()
    assert query.grad[..., 0].abs().sum() == 0
    assert query.grad[..., 1].abs().sum() > 0
