"""Batches of unpaired pictures."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import torch
from reid_datasets.benchmarks import load as read
from reid_datasets.masks import with_masks

from tests.uda.translation.miniature import settings
from uda.translation.pictures import Cropped, Pairs, as_batch, as_pixels

CPU = torch.device("cpu")


def test_a_mask_goes_where_its_picture_goes() -> None:
    picture = torch.randint(0, 256, (4, 40, 20), dtype=torch.uint8)
    picture[3] = picture[0]  # the mask is the red channel
    crop = Cropped((32, 16), (36, 18), flip=0.5, interpolation="bilinear")
    seen = set()
    for seed in range(20):
        (found,) = crop([picture], torch.Generator().manual_seed(seed))
        assert found.shape == (4, 32, 16)
        assert torch.equal(found[3], found[0])
        seen.add(found.numpy().tobytes())
    assert len(seen) > 10


def test_without_room_it_is_only_mirrored() -> None:
    picture = torch.randint(0, 256, (3, 32, 16), dtype=torch.uint8)
    crop = Cropped((32, 16), (32, 16), flip=1.0, interpolation="bicubic")
    (found,) = crop([picture], torch.Generator())
    assert torch.equal(found, picture.flip(-1))


def test_pixels_survive() -> None:
    pixels = torch.arange(256, dtype=torch.uint8).expand(1, 3, 1, 256)
    assert torch.equal(as_pixels(as_batch(pixels, CPU).pictures), pixels)


def test_any_step_can_be_begun_with(rendered: Path, real: Path) -> None:
    source, target = read("synthetic", rendered).train, read("mars", real).train
    pairs = Pairs(with_masks(rendered, source), [target], settings("ptgan"))
    assert pairs.steps == 3
    whole = list(pairs.rest(1, 0, CPU))
    (last,) = pairs.rest(1, 2, CPU)
    assert torch.equal(whole[2].source.pictures, last.source.pictures)
    assert torch.equal(whole[2].target.pictures, last.target.pictures)
    assert whole[0].source.masks is not None
    assert whole[0].target.masks is None
    other = next(iter(pairs.rest(0, 0, CPU)))
    assert not torch.equal(other.source.pictures, whole[0].source.pictures)


@pytest.mark.parametrize(("pooling", "wanted"), [("even", 0.5), ("joined", 0.2)])
def test_pooled_targets_come_evenly_or_as_they_are(real: Path, pooling: str, wanted: float) -> None:
    tracklets = list(read("mars", real).train[1:])
    few, many = tracklets[:3], tracklets[3:15]
    how = settings("cyclegan", f"pictures.pooling={pooling}", "training.steps=60")
    pairs = Pairs(tracklets, [few, many], how)
    drawn = Counter(
        index < len(few) for _, numbers in pairs._target.batches(0) for index in numbers.tolist()
    )
    assert drawn[True] / drawn.total() == pytest.approx(wanted, abs=0.1)
