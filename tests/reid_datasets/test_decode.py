"""Image files: RGB as they are, or an error that names the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from reid_datasets.decode import read_image
from reid_datasets.errors import DatasetError


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    path = tmp_path / "person.jpg"
    coarse = Image.fromarray(rng.integers(0, 256, (8, 4, 3), dtype=np.uint8))
    coarse.resize((64, 128)).save(path, quality=95)
    return path


def test_a_jpeg_decodes_to_what_pillow_sees(picture: Path) -> None:
    pixels = read_image(picture)
    assert pixels.shape == (3, 128, 64)
    expected = np.asarray(Image.open(picture).convert("RGB")).astype(int)
    assert np.abs(pixels.permute(1, 2, 0).numpy() - expected).max() <= 3


@pytest.mark.parametrize(("suffix", "mode"), [(".png", "RGB"), (".png", "RGBA"), (".jpg", "L")])
def test_other_formats_come_out_as_rgb(picture: Path, suffix: str, mode: str) -> None:
    path = picture.with_name(f"other{suffix}")
    Image.open(picture).convert(mode).save(path)
    assert read_image(path).shape == (3, 128, 64)


@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, 0.99])
def test_a_truncated_file_is_named_and_never_filled_in(picture: Path, kept: float) -> None:
    data = picture.read_bytes()
    picture.write_bytes(data[: int(kept if kept >= 1 or kept == 0 else kept * len(data))])
    with pytest.raises(DatasetError, match=r"person\.jpg.*truncated or corrupt"):
        read_image(picture)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"gone\.jpg.*No such file"):
        read_image(tmp_path / "gone.jpg")


def test_a_smaller_picture_may_be_asked_for_but_never_less(picture: Path) -> None:
    assert read_image(picture, (64, 32)).shape == (3, 64, 32)
    assert read_image(picture, (65, 32)).shape == (3, 128, 64)
    assert read_image(picture, (200, 100)).shape == (3, 128, 64)
    full = read_image(picture).float()
    halved = torch.nn.functional.avg_pool2d(full, 2)
    assert (read_image(picture, (64, 32)).float() - halved).abs().mean() < 3


def test_both_decoders_give_the_same_pixels(picture: Path) -> None:
    with Image.open(picture) as image:
        expected = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)
    assert torch.equal(read_image(picture), expected)


def test_a_jpeg_in_cmyk_is_converted(picture: Path) -> None:
    path = picture.with_name("print.jpg")
    Image.open(picture).convert("CMYK").save(path, quality=95)
    difference = (read_image(path).float() - read_image(picture).float()).abs().mean()
    assert difference < 8
