import io

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from vidsynth.develop.codec import through_h264
from vidsynth.target.video.codec import blockiness, period_of, skipped_share


def scene(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return gaussian_filter(rng.normal(128, 120, (120, 64, 3)), (3, 3, 0)).clip(0, 255)


def as_jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(picture.astype(np.uint8)).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream), float)


@pytest.mark.parametrize("shift", [0, 3])
def test_blocks_are_found_wherever_their_grid_begins(shift):
    coarse = as_jpeg(scene(), 8)[shift:, shift:].mean(2)
    fine = as_jpeg(scene(), 95)[shift:, shift:].mean(2)
    assert blockiness(coarse) > 0.5
    assert blockiness(fine) < 0.25


def test_a_rhythm_of_blockiness_is_a_group_of_pictures():
    rng = np.random.default_rng(0)
    signal = rng.normal(0.2, 0.02, 96)
    signal[::12] += 0.15
    found = period_of(signal)
    assert found.frames == 12
    assert found.strength > 0.5
    assert np.isnan(period_of(rng.normal(0.2, 0.02, 96)).frames)
    assert np.isnan(period_of(signal[:10]).frames)


def test_an_encoder_of_video_leaves_still_ground_as_it_was():
    rng = np.random.default_rng(0)
    boxes = np.array([[10 + k % 3, 20, 74 + k % 3, 140] for k in range(12)])
    noisy = [(scene() + rng.normal(0, 3, (120, 64, 3))).clip(0, 255) for _ in boxes]
    moved = [
        np.roll(crop, -int(box[0] - 10), axis=1).astype(np.uint8)
        for crop, box in zip(noisy, boxes, strict=True)
    ]
    video = skipped_share(through_h264(moved, boxes, 32, 12.0), boxes)
    stills = skipped_share([as_jpeg(crop, 80).astype(np.uint8) for crop in moved], boxes)
    assert video > 0.4
    assert stills < 0.1
