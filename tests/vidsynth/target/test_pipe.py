"""Crops of a pool go through what the target's went through."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from vidsynth.errors import TargetError
from vidsynth.target.crops import Crop
from vidsynth.target.jpeg_tables import table
from vidsynth.target.pipe import Pipe, recode


@pytest.fixture
def pixels():
    rng = np.random.default_rng(0)
    return np.kron(rng.integers(0, 255, (20, 10, 3)), np.ones((9, 9, 1))).astype(np.uint8)


def crops(count, size=(64, 128), quality=80):
    rng = np.random.default_rng(0)
    return [
        Crop(rng.integers(0, 255, (8, 4, 3), np.uint8), size, table(quality)) for _ in range(count)
    ]


def test_what_all_crops_have_in_common_is_found():
    assert Pipe.of(crops(20)) == Pipe((64, 128), 80)
    assert Pipe.of(crops(20) + crops(1, (50, 90), 60)) == Pipe((64, 128), 80)
    mixed = crops(10) + crops(10, quality=60)
    assert Pipe.of(mixed) == Pipe((64, 128), None)


def test_crops_of_many_sizes_went_through_nothing():
    assert Pipe.of(crops(5) + crops(5, (50, 90)) + crops(5, (60, 99))) == Pipe()


def test_no_crops_are_said():
    with pytest.raises(TargetError, match="found none"):
        Pipe.of([])


def test_applied_it_leaves_size_and_coding(pixels):
    piped = Pipe((64, 128), 60).apply(pixels)
    assert piped.shape == (128, 64, 3)
    plain = np.asarray(Image.fromarray(pixels).resize((64, 128), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(piped, recode(plain, 60))
    assert Pipe().apply(pixels) is pixels


def test_recoded_is_as_from_a_file(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=30, subsampling=2)
    np.testing.assert_array_equal(recode(pixels, 30), np.asarray(Image.open(buffer)))


def test_it_is_said_in_words():
    assert str(Pipe((128, 256), 75)) == "128 x 256, JPEG 75"
    assert str(Pipe()) == "of any size"
