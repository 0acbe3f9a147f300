"""L^S against slow re-derivations from the paper's equations."""

from __future__ import annotations

from typing import get_args

import pytest
import torch
from reid_models.discriminators import Aggregation
from reid_models.outputs import Features
from torch.nn import functional as F

from uda.losses.adversarial import stitched
from uda.methods.contract import Facts
from uda.methods.parts.confusion import LEVELS, DomainConfusion

FRAMES, VIDEO = 6, 9
"""D of frames and of videos: classifiers must not mix them up."""


def views(seed: int, clips: int) -> Features:
    generator = torch.Generator().manual_seed(seed)
    frames = torch.randn(clips, 3, FRAMES, generator=generator)
    video = torch.randn(clips, VIDEO, generator=generator)
    return Features(frames, video, video, None)


def confusion(
    levels: tuple[str, ...] = LEVELS,
    sizes: tuple[int, ...] = (2, 4),
    aggregation: Aggregation = "convolution",
) -> DomainConfusion:
    torch.manual_seed(0)
    return DomainConfusion(Facts(FRAMES, VIDEO), 5, levels, sizes, aggregation).eval()


@pytest.mark.parametrize("aggregation", get_args(Aggregation))
def test_mixtures_are_told_by_the_shares_of_their_videos(aggregation: Aggregation) -> None:
    module, source, target = confusion(aggregation=aggregation), views(1, 5), views(2, 4)
    first, last = (module.classifiers["mixture"].get_submodule(n) for n in ("first", "second.1"))
    torch.manual_seed(7)
    found = module(source, target, 1.0)["domain_mixture"]
    torch.manual_seed(7)
    errors = []
    clips = [*((clip, 0) for clip in source.frames), *((clip, 1) for clip in target.frames)]
    for size in (2, 4):
        for group in stitched(9, size).tolist():
            together = torch.cat([clips[i][0] for i in group])  # frames end to end (Fig. 2)
            share = sum(clips[i][1] for i in group) / size
            if aggregation == "mean":
                seen = together.mean(0) @ first.weight[:, :, 0].T + first.bias
                hidden = seen.relu()
            else:
                padded = F.pad(together, (0, 0, 1, 1))
                seen = [
                    sum(padded[t + k] @ first.weight[:, :, k].T for k in range(3)) + first.bias
                    for t in range(len(together))
                ]
                hidden = torch.stack(seen).relu().mean(0)
            predicted = F.softmax(hidden @ last.weight.T + last.bias, 0)
            errors.append((predicted - torch.tensor([1 - share, share])).square())
    torch.testing.assert_close(found, torch.stack(errors).mean())


def test_the_order_of_frames_counts_unless_their_mean_is_taken() -> None:
    frames = torch.randn(1, 8, FRAMES, generator=torch.Generator().manual_seed(0))
    for aggregation, counts in (("convolution", True), ("mean", False)):
        regress = confusion(aggregation=aggregation).classifiers["mixture"]
        apart = (regress(frames) - regress(frames.flip(1))).abs().max()
        assert (apart > 1e-4) == counts


def test_frames_and_videos_are_classified_apart() -> None:
    module, source, target = confusion(("frame", "video")), views(1, 5), views(2, 4)
    terms = module(source, target, 1.0)
    for level, (a, b) in {
        "frame": (source.frames.reshape(-1, FRAMES), target.frames.reshape(-1, FRAMES)),
        "video": (source.video, target.video),
    }.items():
        classify = module.classifiers[level]
        plain = [
            F.binary_cross_entropy_with_logits(classify(x), torch.full((len(x),), float(label)))
            for label, x in enumerate((a, b))
        ]
        torch.testing.assert_close(terms[f"domain_{level}"], sum(plain) / 2)
    assert "domain_mixture" not in terms


@pytest.mark.parametrize(("videos", "size", "groups"), [(8, 2, 4), (9, 4, 2), (3, 4, 0)])
def test_every_video_is_stitched_into_one_group_at_most(
    videos: int, size: int, groups: int
) -> None:
    found = stitched(videos, size)
    assert found.shape == (groups, size)
    assert len(found.unique()) == groups * size
    assert set(found.flatten().tolist()) <= set(range(videos))


def test_a_batch_too_small_for_the_larger_mixtures_uses_the_smaller() -> None:
    module = confusion(sizes=(2, 8))
    assert module(views(1, 2), views(2, 2), 1.0)["domain_mixture"].isfinite()


def test_confused_domains_are_what_the_backbone_is_pushed_to() -> None:
    """A step along the reversed gradient makes the classifiers' loss larger."""
    module = confusion()
    source, target = views(1, 6), views(2, 6)
    shift = torch.zeros(FRAMES, requires_grad=True)
    moved = source._replace(frames=source.frames + shift)
    torch.manual_seed(3)
    loss = module(moved, target, 1.0)
    total = loss["domain_frame"] + loss["domain_mixture"]
    (gradient,) = torch.autograd.grad(total, shift)
    step = 0.05 * gradient / gradient.norm()
    torch.manual_seed(3)
    after = module(source._replace(frames=source.frames - step), target, 1.0)
    assert after["domain_frame"] + after["domain_mixture"] > total
