"""Clip transforms: the same draw for all frames, and pixels where they should be."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from reid_datasets.transforms import (
    MEAN_COLOUR,
    TestTransform,
    TrainTransform,
    normalise,
    resize,
)

SIZE = (32, 16)
STILL = {"flip": 0.0, "pad": 0, "erase": 0.0}


@pytest.fixture
def frame() -> torch.Tensor:
    return torch.randint(256, (3, *SIZE), generator=_seed(0), dtype=torch.uint8)


def _seed(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("seed", range(8))
def test_every_frame_of_a_clip_is_treated_alike(frame: torch.Tensor, seed: int) -> None:
    transform = TrainTransform(SIZE, 0.5, 4, 0.5, 0.3, 0.3, 0.3)
    clip = transform(frame.expand(4, -1, -1, -1), _seed(seed))
    assert clip.shape == (4, 3, *SIZE)
    assert torch.equal(clip, clip[:1].expand_as(clip))


def test_without_augmentation_training_sees_what_testing_sees(frame: torch.Tensor) -> None:
    assert torch.equal(
        TrainTransform(SIZE, **STILL)([frame], _seed(0)), TestTransform(SIZE)([frame])
    )


def test_clips_stay_bytes_until_they_are_normalised(frame: torch.Tensor) -> None:
    clip = TestTransform(SIZE)([frame])
    assert torch.equal(clip[0], frame)
    expected = (frame[0].double() / 255 - 0.485) / 0.229
    found = normalise(clip[None])
    assert (found.shape, found.dtype) == ((1, 1, 3, *SIZE), torch.float32)
    torch.testing.assert_close(found[0, 0, 0].double(), expected, atol=1e-5, rtol=1e-5)
    mean = torch.tensor(MEAN_COLOUR, dtype=torch.uint8).view(3, 1, 1)
    assert normalise(mean).abs().max() < 0.009


def test_frames_of_different_sizes_make_one_clip() -> None:
    frames = [torch.full((3, h, w), 90, dtype=torch.uint8) for h, w in ((40, 20), (7, 30))]
    assert all((frame == 90).all() and frame.shape == (3, *SIZE) for frame in resize(frames, SIZE))
    assert TestTransform(SIZE)(frames).shape == (2, 3, *SIZE)


def test_flipping_mirrors_left_and_right(frame: torch.Tensor) -> None:
    flipped = TrainTransform(SIZE, **{**STILL, "flip": 1.0})([frame], _seed(0))
    assert torch.equal(flipped, TestTransform(SIZE)([frame]).flip(-1))


def test_cropping_shifts_by_at_most_the_padding(frame: torch.Tensor) -> None:
    frame[:] = 200
    shifted = TrainTransform(SIZE, **{**STILL, "pad": 4})
    kept = [(shifted([frame], _seed(seed)) == 200).float().mean().item() for seed in range(40)]
    assert (32 - 4) * (16 - 4) / (32 * 16) <= min(kept) < 0.75
    assert len(set(kept)) > 5


@pytest.mark.parametrize("seed", range(6))
def test_cropping_equals_padding_and_cutting(frame: torch.Tensor, seed: int) -> None:
    moved = TrainTransform(SIZE, **{**STILL, "pad": 3, "flip": 0.5})([frame], _seed(seed))[0]
    padded = torch.nn.functional.pad(torch.stack([frame, frame.flip(-1)]), (3, 3, 3, 3))
    windows = padded.unfold(2, SIZE[0], 1).unfold(3, SIZE[1], 1).permute(0, 2, 3, 1, 4, 5)
    same = (windows == moved).flatten(3).all(-1)
    assert same.any()


def test_erasing_blanks_one_rectangle_with_the_mean_colour(frame: torch.Tensor) -> None:
    frame[:] = 255
    erased = TrainTransform(SIZE, **{**STILL, "erase": 1.0})([frame, frame], _seed(3))
    hole = (erased == torch.tensor(MEAN_COLOUR).view(3, 1, 1)).all(1)
    assert torch.equal(hole[0], hole[1])
    rows, columns = hole[0].any(1).sum(), hole[0].any(0).sum()
    assert hole[0].sum() == rows * columns
    assert 0.01 <= hole[0].float().mean() <= 0.45


def test_jitter_changes_brightness_within_its_strength(frame: torch.Tensor) -> None:
    frame[:] = 100
    bright = TrainTransform(SIZE, **STILL, brightness=0.2)
    seen = [int(bright([frame], _seed(seed))[0, 0, 0, 0]) for seed in range(30)]
    assert min(seen) >= 79
    assert max(seen) <= 121
    assert max(seen) - min(seen) > 20


def test_hue_turns_colours_and_keeps_grey(frame: torch.Tensor) -> None:
    turning = TrainTransform(SIZE, **STILL, hue=0.05)
    frame[:] = 90
    assert torch.equal(turning([frame], _seed(0))[0], torch.full_like(frame, 90))
    frame[0], frame[1], frame[2] = 200, 0, 0
    seen = [turning([frame], _seed(seed))[0, :, 0, 0].tolist() for seed in range(40)]
    assert all(red == 200 for red, _, _ in seen)
    # 18 degrees from red are 18 / 60 of the way to yellow or to magenta.
    greens, blues = ([colour[i] for colour in seen] for i in (1, 2))
    assert 40 < max(greens) <= 61
    assert 40 < max(blues) <= 61
    assert not any(green and blue for green, blue in zip(greens, blues, strict=True))


def test_jitter_of_some_clips_leaves_the_others_alone(frame: torch.Tensor) -> None:
    jitter = {"brightness": 0.95, "contrast": 0.65, "saturation": 0.55, "hue": 0.05}
    some = TrainTransform(SIZE, **STILL, **jitter, jitter_probability=0.5)
    plain = TrainTransform(SIZE, **STILL)([frame], _seed(0))
    same = sum(torch.equal(some([frame], _seed(seed)), plain) for seed in range(60))
    assert 18 <= same <= 42


def test_a_white_square_lies_over_all_frames(frame: torch.Tensor) -> None:
    dark = frame // 2
    for seed in range(8):
        clip = TrainTransform(SIZE, **STILL, occlude=0.8)([dark, dark], _seed(seed))
        white = (clip == 255).all(1)
        assert torch.equal(white[0], white[1])
        side = int(white[0].sum() ** 0.5)
        assert 1 <= side <= 0.8 * min(SIZE)
        assert white[0].any(0).sum() == white[0].any(1).sum() == side
    plain = TrainTransform(SIZE, **STILL)([dark], _seed(0))
    assert not (plain == 255).any()


def test_augmix_draws_once_for_all_frames_and_leaves_no_trace(frame: torch.Tensor) -> None:
    plain = TrainTransform(SIZE, **STILL)
    mixing, half = (TrainTransform(SIZE, **STILL, augmix=share) for share in (1, 0.5))
    clip = torch.stack([frame] * 3)
    state = torch.get_rng_state()
    changed = 0
    for seed in range(20):
        alone, found, again = (
            transform(clip, _seed(seed)) for transform in (plain, mixing, mixing)
        )
        assert found.dtype == torch.uint8
        assert found.shape == alone.shape
        assert torch.equal(found, again)
        assert torch.equal(found[0], found[2])
        changed += not torch.equal(found, alone)
    assert changed > 10  # a mixture may be all picture
    assert torch.equal(torch.get_rng_state(), state)
    few = [half(clip, _seed(seed)) for seed in range(40)]
    left = sum(torch.equal(found, plain(clip, _seed(0))) for found in few)
    assert 10 < left < 35


def test_training_asks_for_a_generator(frame: torch.Tensor) -> None:
    with pytest.raises(ValueError, match=r"torch\.Generator"):
        TrainTransform(SIZE)([frame], None)


def test_bicubic_is_pillows(frame: torch.Tensor) -> None:
    """As authors' weights expect it, in training and test alike; Pillow rounds between axes."""
    size = (48, 20)
    picture = Image.fromarray(frame.permute(1, 2, 0).numpy())
    theirs = np.asarray(picture.resize(size[::-1], Image.Resampling.BICUBIC), int)
    tested = TestTransform(size, "bicubic")([frame])[0].permute(1, 2, 0).numpy()
    assert np.abs(tested - theirs).max() <= 1
    assert np.abs(TestTransform(size)([frame])[0].permute(1, 2, 0).numpy() - theirs).max() > 5
    plain = TrainTransform(size, **STILL, interpolation="bicubic")
    trained = plain([frame], torch.Generator().manual_seed(0))[0].permute(1, 2, 0).numpy()
    assert np.array_equal(trained, tested)
