"""TCLNet: what is boosted, what is erased, and which branch sees which frame."""

from __future__ import annotations

from copy import deepcopy

import pytest
import torch
from reid_models.video.c2d import C2D
from reid_models.video.saliency_boosting import SaliencyBoosting
from reid_models.video.saliency_erasing import SaliencyErasing
from reid_models.video.tclnet import TCLNet
from torch import nn
from torch.nn import functional as F


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def model() -> TCLNet:
    return TCLNet(3).eval()


@pytest.mark.parametrize("length", [1, 3])
def test_frames_ask_the_other_frames(length: int) -> None:
    module = SaliencyBoosting(6).eval()
    clips = torch.randn(2, length, 6, 3, 2)
    assert torch.equal(module(clips), clips)
    nn.init.normal_(module.norm.weight)
    with torch.no_grad():
        out = module(clips)
        for b in range(2):
            for t in range(length):
                question = F.normalize(clips[b, t].mean((1, 2)), dim=0)
                weights, values = [], []
                for other in range(length):
                    if other == t and length > 1:
                        continue
                    for i in range(3):
                        for j in range(2):
                            window = clips[b, other][
                                :, max(i - 1, 0) : i + 1, max(j - 1, 0) : j + 1
                            ]
                            key = F.normalize(window.sum((1, 2)) / 4, dim=0)
                            weights.append(5 * (question @ key))
                            values.append(clips[b, other, :, i, j])
                share = torch.softmax(torch.stack(weights), 0)
                answer = (share[:, None] * torch.stack(values)).sum(0)
                boost = module.norm(module.mapping(answer.view(1, -1, 1, 1)))
                torch.testing.assert_close(out[b, t], clips[b, t] + boost[0], atol=1e-5, rtol=1e-4)


def test_the_block_with_the_highest_scores_is_erased() -> None:
    module = SaliencyErasing(4, 8)
    scores = torch.zeros(3, 6, 2)
    scores[0, 3] = 1.0
    scores[0, 4] = 0.5  # rows 2, 3, 4 together and 3, 4, 5 together: the first of equals
    scores[1, 0] = 2.0  # at the edge: rows 0 and 1 already hold all of it
    scores[2] = torch.tensor([0.0, 0, 0, 0, 1, 1.1])[:, None]
    kept = module.kept(scores)
    assert kept[0, :, 0].tolist() == [True, True, False, False, False, True]
    assert kept[1, :, 0].tolist() == [False, False, True, True, True, True]
    assert kept[2, :, 0].tolist() == [True, True, True, False, False, False]
    assert torch.equal(kept[..., 0], kept[..., 1])


def test_the_choice_of_rows_is_the_slow_one() -> None:
    module = SaliencyErasing(4, 8)
    scores = torch.randn(20, 7, 3)
    for score, kept in zip(scores, module.kept(scores), strict=True):
        rows = score.mean(1).tolist()
        sums = [sum(rows[max(i - 1, 0) : i + 2]) for i in range(7)]
        centre = sums.index(max(sums))
        assert kept[:, 0].tolist() == [abs(i - centre) > 1 for i in range(7)]


def test_what_remains_is_collected_by_its_scores() -> None:
    module = SaliencyErasing(4, 8).eval()
    nn.init.normal_(module.norm.weight)
    maps, final = torch.randn(2, 4, 6, 2), torch.randn(2, 8, 6, 2)
    with torch.no_grad():
        out = module(maps, final)
        for n in range(2):
            wanted = module.reduction(final[n].mean((1, 2)).view(1, -1, 1, 1)).flatten()
            scores = torch.einsum("c,chw->hw", wanted, maps[n]) / 2  # root of 4 channels
            kept = module.kept(scores[None])[0]
            weights = scores.exp() * kept
            rest = (maps[n] * (weights / weights.sum())).sum((1, 2))
            added = module.norm(module.mapping(rest.view(1, -1, 1, 1)))[0]
            torch.testing.assert_close(out[n], maps[n] * kept + added, atol=1e-4, rtol=1e-4)


def test_a_first_frame_loses_nothing() -> None:
    module = SaliencyErasing(4, 8).eval()
    maps = torch.randn(2, 4, 6, 2)
    torch.testing.assert_close(module(maps, None), maps)
    nn.init.normal_(module.norm.weight)
    added = module.norm(module.mapping(maps.mean((2, 3), keepdim=True)))
    torch.testing.assert_close(module(maps, None), maps + added)


def test_scores_learn_and_the_other_frame_does_not() -> None:
    module = SaliencyErasing(4, 8)
    nn.init.normal_(module.norm.weight)
    final = torch.randn(2, 8, 6, 2, requires_grad=True)
    module(torch.randn(2, 4, 6, 2), final).square().sum().backward()
    assert final.grad is None
    assert module.reduction.weight.grad is not None
    assert module.reduction.weight.grad.any()


def test_first_frames_start_as_the_baseline_sees_them(model: TCLNet) -> None:
    plain = C2D(None).eval()
    plain.backbone.load_state_dict(model.backbone.state_dict())
    clips = torch.randn(2, 5, 3, 64, 32)
    with torch.inference_mode():
        frames, expected = model(clips).frames, plain(clips).frames
    torch.testing.assert_close(frames[:, 0::2], expected[:, 0::2], atol=1e-4, rtol=1e-4)
    assert not torch.allclose(frames[:, 1::2], expected[:, 1::2], atol=1e-2)


def test_pairs_do_not_see_each_other_after_the_third_stage(model: TCLNet) -> None:
    """Two pairs are averaged: the feature of four frames is the mean of the pairs' features."""
    clips = torch.randn(2, 4, 3, 64, 32)
    with torch.inference_mode():
        whole = model(clips).video
        halves = [model(clips[:, i : i + 2]).video for i in (0, 2)]
    torch.testing.assert_close(whole, (halves[0] + halves[1]) / 2, atol=1e-4, rtol=1e-4)


def test_a_single_frame_is_its_own_complement(model: TCLNet) -> None:
    frame = torch.randn(2, 1, 3, 64, 32)
    with torch.inference_mode():
        single, twice = model(frame), model(frame.expand(2, 2, 3, 64, 32))
    torch.testing.assert_close(single.video, twice.video, atol=1e-4, rtol=1e-4)


def test_both_kinds_weigh_the_same_in_a_comparison(model: TCLNet) -> None:
    with torch.inference_mode():
        features = model(torch.randn(2, 2, 3, 64, 32))
    lengths = features.embedding.unflatten(1, (2, 2048)).norm(dim=2)
    torch.testing.assert_close(lengths, torch.ones(2, 2))
    assert torch.equal(features.auxiliary[0][0], features.video[:, 2048:])


def test_the_second_block_starts_from_what_the_backbone_is_given(model: TCLNet) -> None:
    other = deepcopy(model)
    weights = {
        key: torch.rand_like(value.float()) for key, value in model.backbone.state_dict().items()
    }
    other.backbone.load_state_dict(weights)
    for key, value in other.second_block.state_dict().items():
        assert torch.equal(value, other.backbone.state_dict()[f"layer4.2.{key}"])
        assert torch.equal(
            model.second_block.state_dict()[key], model.backbone.state_dict()[f"layer4.2.{key}"]
        )


def test_a_checkpoint_keeps_the_second_block_it_trained(model: TCLNet) -> None:
    trained = deepcopy(model)
    for parameter in trained.second_block.parameters():
        nn.init.normal_(parameter)
    restored = deepcopy(model)
    restored.load_state_dict(trained.state_dict())
    for key, value in trained.second_block.state_dict().items():
        assert torch.equal(restored.second_block.state_dict()[key], value)
