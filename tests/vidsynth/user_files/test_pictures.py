"""The one door for pictures: whatever the file, what is rendered is what the labels say."""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vidsynth.colour import term
from vidsynth.errors import PictureError
from vidsynth.run.production import produce
from vidsynth.settings import load_config
from vidsynth.user_files.picture_folder import check_pictures, picture_names
from vidsynth.user_files.pictures import check_picture, for_blender, read_rgb, read_rgba
from vidsynth.wardrobe.cloth_pictures import cloth_pictures, measure

RED = (180, 25, 30)


def halves(size: tuple[int, int] = (96, 80)) -> Image.Image:
    """Red above, grey below."""
    picture = Image.new("RGB", size, RED)
    picture.paste((120, 120, 120), (0, size[1] // 2, *size))
    return picture


def sixteen(path: Path, value: int, mode: str = "I;16") -> Path:
    pixels = np.full((80, 90), value, np.uint16 if mode == "I;16" else np.int32)
    Image.fromarray(pixels).save(path)
    return path


@pytest.mark.parametrize("value", [0, 9000, 30_000, 65_535])
def test_grey_of_sixteen_bits_keeps_its_grey(tmp_path: Path, value: int) -> None:
    path = sixteen(tmp_path / "a.png", value)
    grey = round(value / 257)
    assert read_rgb(path).getpixel((3, 3)) == (grey,) * 3
    assert np.unique(np.asarray(Image.open(for_blender(path)))).tolist() == [grey]
    assert measure(tmp_path, "a.png").colour == pytest.approx((grey / 255,) * 3)


STORED = {
    ".png": ("L", "LA", "P", "1", "RGB", "RGBA"), ".jpg": ("L", "1", "RGB", "CMYK", "YCbCr"),
    ".webp": ("L", "RGB", "RGBA"), ".tif": ("L", "LA", "P", "1", "RGB", "RGBA", "CMYK", "YCbCr"),
    ".bmp": ("L", "P", "1", "RGB", "RGBA"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("ending", "mode"), [(ending, mode) for ending, modes in STORED.items() for mode in modes]
)
def test_blender_is_given_the_pixels_that_are_measured(
    tmp_path: Path, ending: str, mode: str
) -> None:
    path = tmp_path / f"a{ending}"
    halves().convert(mode).save(path)
    given = for_blender(path)
    plain = Image.open(given)
    assert plain.mode in ("L", "RGB", "RGBA")
    assert plain.format in ("PNG", "JPEG")
    np.testing.assert_array_equal(np.asarray(plain.convert("RGBA")), np.asarray(read_rgba(path)))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_as_its_camera_was_held(tmp_path: Path, orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    upright = halves()
    stored = upright.transpose(turns[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    for name in ("a.png", "b.jpg"):
        stored.save(tmp_path / name, exif=exif, quality=100)
        for found in (read_rgb(tmp_path / name), Image.open(for_blender(tmp_path / name))):
            assert found.size == upright.size
            difference = np.asarray(found, int) - np.asarray(upright, int)
            assert np.abs(difference[[5, 70]]).max() < 8


def test_cloth_on_its_side_has_the_colours_of_cloth_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    halves((80, 320)).save(tmp_path / "a.jpg", exif=exif)
    found = measure(tmp_path, "a.jpg")
    assert {term(found.colour), term(found.second or found.colour)} == {"red", "grey"}


def test_what_has_no_white_is_refused_by_name(tmp_path: Path) -> None:
    Image.fromarray(np.full((80, 80), 0.5, np.float32)).save(tmp_path / "float.tif")
    sixteen(tmp_path / "whole.tif", 70_000, "I")
    with pytest.raises(PictureError, match="floating point"):
        read_rgb(tmp_path / "float.tif")
    with pytest.raises(PictureError, match="32 bits"):
        for_blender(tmp_path / "whole.tif")


def test_hidden_files_and_pipes_are_no_pictures(tmp_path: Path) -> None:
    halves().save(tmp_path / "a.jpg")
    (tmp_path / "._a.jpg").write_bytes(b"macOS keeps this")
    (tmp_path / ".b.png").write_bytes(b"")
    os.mkfifo(tmp_path / "c.png")
    assert picture_names(tmp_path, "textures.directory") == ("a.jpg",)
    check_pictures(tmp_path, "textures.directory")
    assert len(cloth_pictures(tmp_path)) == 1
    with pytest.raises(PictureError, match="no regular file"):
        read_rgb(tmp_path / "c.png")
    with pytest.raises(PictureError, match="null"):
        picture_names(tmp_path / "a\0b", "textures.directory")


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".gif", ".tif"])
def test_damage_of_any_kind_is_a_picture_error(tmp_path: Path, ending: str) -> None:
    rng, path = np.random.default_rng(1), tmp_path / f"a{ending}"
    halves().save(path)
    whole = path.read_bytes()
    for k in range(40):
        cut = bytearray(whole[: len(whole) if k % 2 else int(rng.integers(len(whole)))])
        for place in rng.integers(len(cut) or 1, size=8 if cut else 0):
            cut[place] = int(rng.integers(256))
        path.write_bytes(cut)
        for use in (read_rgb, read_rgba, check_picture, for_blender.__wrapped__):
            with contextlib.suppress(PictureError):
                use(path)


def test_a_cut_out_of_nothing_is_refused(tmp_path: Path) -> None:
    Image.new("RGBA", (80, 90), (200, 30, 30, 0)).save(tmp_path / "a.png")
    with pytest.raises(PictureError, match="transparent all over"):
        check_picture(tmp_path / "a.png", alpha=True)
    check_picture(tmp_path / "a.png")
    seen = Image.new("RGBA", (80, 90))
    seen.putpixel((3, 3), (9, 9, 9, 40))
    seen.save(tmp_path / "b.png")
    check_picture(tmp_path / "b.png", alpha=True)


@pytest.mark.parametrize("ending", [".png", ".jpg"])
@pytest.mark.parametrize("damage", ["zeros", "zeros up to the last two bytes"])
def test_a_download_that_broke_off_is_refused(tmp_path: Path, ending: str, damage: str) -> None:
    """Zeros stand for what has not arrived: Pillow and Blender make up a picture of them."""
    path = tmp_path / f"a{ending}"
    noise = np.random.default_rng(0).integers(0, 256, (80, 96, 3), np.uint8)
    Image.fromarray(noise).save(path)
    data = path.read_bytes()
    assert for_blender(path) == path.resolve()
    path.write_bytes(data + bytes(50))  # what follows a whole picture is nobody's business
    check_picture(path)
    end = data[-2:] if damage != "zeros" else b""
    kept = 2 * len(data) // 3
    hurt = path.with_stem("b")
    hurt.write_bytes(data[:kept] + bytes(len(data) - kept - len(end)) + end)
    for read in (read_rgb, read_rgba, check_picture, for_blender):
        with pytest.raises(PictureError):
            read(hurt)
    with pytest.raises(PictureError):
        read_rgb(hurt, near=8)


def test_a_name_that_no_table_can_hold_is_refused(tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/" + "布".encode("gbk") + b".png")
    halves().save(odd)
    with pytest.raises(PictureError, match=r"in UTF-8 in here=.*\\udcb2.*png. Rename it"):
        picture_names(tmp_path, "here")


@pytest.mark.parametrize("mode", ["I;16", "RGB;16"])
def test_twelve_bits_in_sixteen_are_not_taken_for_black(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.png"
    if mode == "I;16":
        sixteen(path, 4095)
    else:
        deep_rgb(path, 4095)
    for use in (read_rgb, check_picture, for_blender):
        with pytest.raises(PictureError, match="no pixel above 1/16 of white"):
            use(path)
    deep_rgb(path, 40_000)
    assert read_rgb(path).getpixel((3, 3)) == (156,) * 3


def deep_rgb(path: Path, value: int) -> None:
    """A PNG of 16 bits a channel, all of one value."""
    row = b"\0" + value.to_bytes(2, "big") * 3 * 90
    header = struct.pack(">IIBBBBB", 90, 80, 16, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n"
    for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(row * 80)), (b"IEND", b"")):
        check = zlib.crc32(name + data).to_bytes(4, "big")
        content += len(data).to_bytes(4, "big") + name + data + check
    path.write_bytes(content)


def test_a_photograph_without_light_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (80, 90), (9, 3, 14)).save(tmp_path / "a.png")
    check_pictures(tmp_path, "textures.directory")
    with pytest.raises(PictureError, match=r"a\.png: is black, or as good as that"):
        check_pictures(tmp_path, "backgrounds.directory", lights=True)
    with pytest.raises(PictureError, match="is black"):
        produce(load_config(None, [f"backgrounds.directory={tmp_path}"])).check()
