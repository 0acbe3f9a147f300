from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from vidsynth.target.crops import Crop
from vidsynth.target.jpeg_tables import nearest_quality, table
from vidsynth.target.pixels import cast, clothes_colours, grey_powers, is_grey, measure_pixels
from vidsynth.target.quantities import LUMA_QUANTILES, QUANTITIES


def scene(seed: int = 0, height: int = 256, width: int = 128) -> np.ndarray:
    """A smooth picture (H, W, 3) uint8 with some structure."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(30, 220, (12, 6, 3), dtype=np.uint8))
    return np.array(coarse.resize((width, height), Image.Resampling.BICUBIC))


def coded(pixels: np.ndarray, quality: int) -> Crop:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    with Image.open(file) as image:
        luma = np.reshape(image.quantization[0], (8, 8))
        return Crop(np.array(image), image.size, luma)


def test_every_number_is_a_quantity_that_needs_no_net() -> None:
    found = measure_pixels(coded(scene(), 80))
    assert all(QUANTITIES[name].how in ("read", "computed") for name in found)
    expected = {n for n, q in QUANTITIES.items() if q.how == "read"}
    expected |= {n for n, q in QUANTITIES.items() if q.how == "computed" and q.per != "tracklet"}
    assert found.keys() == expected


@pytest.mark.parametrize("quality", [5, 20, 49, 50, 75, 90, 100])
def test_the_quality_of_a_file_is_read_from_its_table(quality: int) -> None:
    found = measure_pixels(coded(scene(), quality))
    assert found["file_jpeg_quality"] == quality
    assert found["foreign_table"] == 0


def test_every_quality_has_a_table_of_its_own() -> None:
    assert [nearest_quality(table(q))[0] for q in range(2, 101)] == list(range(2, 101))


def test_the_table_of_another_program_says_how_far_off_it_is() -> None:
    other = table(70) + np.arange(64).reshape(8, 8) % 5
    quality, foreign = nearest_quality(other)
    assert 60 <= quality <= 72
    assert foreign > 0.02


def test_a_file_without_a_table_has_no_quality() -> None:
    assert np.isnan(measure_pixels(Crop.of(scene()))["file_jpeg_quality"])


def test_quantiles_of_luma_are_numpys() -> None:
    pixels = scene()
    luma = pixels.astype(float) @ (0.299, 0.587, 0.114) / 255
    found = measure_pixels(Crop.of(pixels))
    for q in LUMA_QUANTILES:
        assert found[f"luma_q{q:02d}"] == pytest.approx(np.quantile(luma, q / 100), abs=0.003)


def test_clipping_is_a_share_of_pixels() -> None:
    pixels = np.full((40, 20, 3), 128, np.uint8)
    pixels[:10] = 0
    pixels[10:14] = 255
    found = measure_pixels(Crop.of(pixels))
    assert found["clipped_dark"] == 0.25
    assert found["clipped_bright"] == pytest.approx(0.1)


def test_light_from_the_left_is_seen() -> None:
    pixels = np.full((64, 32, 3), 60, np.uint8)
    pixels[:, :16] = 111
    assert measure_pixels(Crop.of(pixels))["luma_left_right"] == pytest.approx(0.2, abs=0.001)


def test_a_cast_is_the_ratio_of_channels() -> None:
    grey = np.repeat(scene()[..., :1], 3, 2) // 2 + 40
    tinted = np.clip(grey * np.array((1.2, 1, 0.8)), 0, 255).astype(np.uint8)
    red, blue = cast(grey_powers(tinted))
    assert red == pytest.approx(np.log(1.2), abs=0.01)
    assert blue == pytest.approx(np.log(0.8), abs=0.01)


def test_grey_pictures_are_known() -> None:
    assert is_grey(np.repeat(scene()[..., :1], 3, 2))
    assert not is_grey(scene())


def test_blurred_pictures_have_less_detail() -> None:
    rng = np.random.default_rng(1)
    sharp = rng.integers(0, 255, (256, 128, 3), dtype=np.uint8)
    small = Image.fromarray(sharp).resize((32, 64), Image.Resampling.BILINEAR)
    blurred = np.array(small.resize((128, 256), Image.Resampling.BILINEAR))
    found, less = measure_pixels(Crop.of(sharp)), measure_pixels(Crop.of(blurred))
    assert less["sharpness"] < found["sharpness"] - 2
    assert less["fine_detail"] < found["fine_detail"] - 2


def test_blocks_of_coarse_coding_show_wherever_the_grid_lies() -> None:
    pixels = scene()
    fine, coarse = coded(pixels, 95), coded(pixels, 15)
    cut = Crop.of(coarse.pixels[3:, 5:])
    found = [measure_pixels(crop)["blockiness"] for crop in (fine, coarse, cut)]
    assert found[1] > found[0] + 0.5
    assert found[2] > found[0] + 0.5


def test_noise_is_found_beside_structure() -> None:
    rng = np.random.default_rng(2)
    noisy = np.clip(scene() + rng.normal(0, 6, (256, 128, 1)), 0, 255).astype(np.uint8)
    assert measure_pixels(Crop.of(noisy))["haar_noise"] == pytest.approx(6, rel=0.12)
    assert measure_pixels(Crop.of(scene()))["haar_noise"] < 0.6


def test_clothes_are_looked_for_where_they_are_worn() -> None:
    pixels = np.full((200, 100, 3), 90, np.uint8)
    pixels[40:85, 25:75] = (200, 20, 20)
    pixels[100:170, 25:75] = (20, 20, 160)
    assert (clothes_colours(pixels) * 255).round().tolist() == [[200, 20, 20], [20, 20, 160]]


@pytest.mark.parametrize("shape", [(1, 1, 3), (9, 3, 3), (700, 10, 3)])
def test_tiny_and_black_crops_have_numbers_or_none(shape: tuple[int, int, int]) -> None:
    found = measure_pixels(Crop.of(np.zeros(shape, np.uint8)))
    assert not np.isinf(list(found.values())).any()
