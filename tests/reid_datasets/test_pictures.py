"""Image files: RGB as they are, or an error that names the file."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from reid_datasets.errors import DatasetError
from reid_datasets.pictures import decode_image, read_image
from reid_datasets.transforms import MEAN_COLOUR
from reid_datasets.video import VideoSpan


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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    with pytest.raises(DatasetError, match=r"a\.jpg, found no regular file"):
        read_image(tmp_path / "a.jpg")
    os.mkfifo(tmp_path / "a.mp4")
    with pytest.raises(DatasetError, match=r"a\.mp4.*it is no regular file"):
        VideoSpan(tmp_path / "a.mp4", 0, 2).read([0])


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


DAMAGE: dict[str, Callable[[bytes, int, np.random.Generator], bytes]] = {
    "cut": lambda data, at, _: data[:at],
    "zeros": lambda data, at, _: data[:at] + bytes(len(data) - at),
    "zeros-end": lambda data, at, _: data[:at] + bytes(len(data) - at - 2) + data[-2:],
    "noise-end": lambda data, at, rng: data[:at] + rng.bytes(len(data) - at - 2) + data[-2:],
}
JPEGS = {
    "baseline": {},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_blocks": 2},
    "grey": {"mode": "L"},
    "cmyk": {"mode": "CMYK"},
}


def jpeg(mode: str = "RGB", size: tuple[int, int] = (64, 128), **options: object) -> bytes:
    coarse = np.random.default_rng(1).integers(0, 256, (16, 8, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(coarse).resize(size).convert(mode).save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("kind", JPEGS)
@pytest.mark.parametrize("at_least", [None, (32, 16)])
def test_no_damage_to_a_jpeg_is_forgiven(
    kind: str, damage: str, at_least: tuple[int, int] | None
) -> None:
    data = jpeg(**JPEGS[kind])  # type: ignore[arg-type]
    rng = np.random.default_rng(2)
    for at in rng.integers(2, int(0.97 * len(data)), 60).tolist():
        with pytest.raises(DatasetError, match=r"a\.jpg, found \d+ bytes that do not decode"):
            decode_image(DAMAGE[damage](data, at, rng), "a.jpg", at_least)


@pytest.mark.parametrize("kind", JPEGS)
def test_what_follows_a_jpeg_is_ignored(kind: str) -> None:
    data = jpeg(**JPEGS[kind])  # type: ignore[arg-type]
    whole = decode_image(data, "a.jpg")
    for tail in (b"\0" * 999, b"\xff", b"trailer \xff\xd8\xff\xe0 of a camera"):
        assert torch.equal(decode_image(data + tail, "a.jpg"), whole)


def test_headers_that_others_accept_are_accepted() -> None:
    data = jpeg()
    scan = data.find(b"\xff\xda")
    end = scan + 2 + int.from_bytes(data[scan + 2 : scan + 4], "big")
    adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x09"
    comment = b"\xff\xfe\x00\x04hi"
    whole = decode_image(data, "a.jpg")
    for odd in (
        data.replace(b"JFIF\0\1", b"JFIF\0\7", 1),
        data[: end - 3] + b"\0\0\0" + data[end:],
        data[:2] + adobe + data[2:],
        data[:20] + b"\xff\xff\xff" + comment + data[20:],
        data[:-2] + b"\xff" + data[-2:],
    ):
        assert torch.equal(decode_image(odd, "a.jpg"), whole)
        with pytest.raises(DatasetError):
            decode_image(odd[: len(odd) // 2] + bytes(len(odd) // 2 - 2) + odd[-2:], "a.jpg")


@pytest.mark.parametrize("adobe", [True, False])
def test_cmyk_and_ycck_are_not_inverted(adobe: bool) -> None:
    white = Image.new("CMYK", (32, 32), (0, 0, 0, 0))
    white.paste((0, 255, 255, 0), (0, 0, 16, 32))  # left half red
    buffer = io.BytesIO()
    white.save(buffer, "JPEG", quality=95)
    data = buffer.getvalue()
    if not adobe:
        start = data.find(b"\xff\xee")
        data = data[:start] + data[start + 16 :]
    pixels = decode_image(data, "a.jpg")
    expected = torch.tensor(np.array(Image.open(io.BytesIO(data)).convert("RGB"))).permute(2, 0, 1)
    assert (pixels.int() - expected.int()).abs().max() <= 3
    if adobe:
        assert pixels[:, 16, 24].tolist() == [255, 255, 255]
        assert pixels[0, 16, 6] > 240
        assert pixels[1:, 16, 6].max() < 16


def arrow() -> Image.Image:
    """A picture that no turn or mirror leaves as it is."""
    pixels = np.full((64, 32, 3), 40, np.uint8)
    pixels[:16] = 230
    pixels[:, :8, 0] = 250
    return Image.fromarray(pixels)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_a_picture_comes_out_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    inverse = {6: 8, 8: 6}.get(orientation, orientation)
    exif = Image.Exif()
    exif[0x0112] = inverse
    probe = io.BytesIO()
    arrow().save(probe, "PNG", exif=exif)
    stored = ImageOps.exif_transpose(Image.open(probe))
    exif[0x0112] = orientation
    path = tmp_path / f"a.{suffix}"
    lossless: dict[str, Any] = {"lossless": True} if suffix == "webp" else {}
    stored.save(path, exif=exif, quality=95, subsampling=0, **lossless)
    wanted = torch.tensor(np.array(arrow())).permute(2, 0, 1).int()
    found = read_image(path)
    assert found.shape == wanted.shape
    assert (found.int() - wanted).abs().float().mean() < 4
    for at_least in ((32, 16), (20, 4), (8, 16), (33, 16)):
        small = read_image(path, at_least)
        assert small.shape[1] >= at_least[0]
        assert small.shape[2] >= at_least[1]
        assert small.shape[1] == 2 * small.shape[2]


def test_damaged_metadata_does_not_spoil_a_picture(picture: Path) -> None:
    data = picture.read_bytes()
    broken = b"\xff\xe1\x00\x10Exif\0\0" + b"\xff" * 8
    assert torch.equal(decode_image(data[:2] + broken + data[2:], "a.jpg"), read_image(picture))


GREY = np.arange(64 * 32, dtype=np.uint16).reshape(64, 32) * 32
EIGHT = np.rint(GREY / 257).astype(int)


def grey_tiff(values: np.ndarray, bits: int, photometric: int, order: str = "<") -> bytes:
    """An uncompressed TIFF of one channel, as cameras and MATLAB write them."""
    height, width = values.shape
    kind = 3 if values.dtype.kind == "f" else 2 if values.dtype.kind == "i" else 1
    body = values.astype(values.dtype.newbyteorder(order)).tobytes()
    tags = [
        (256, 4, width), (257, 4, height), (258, 3, bits), (259, 3, 1), (262, 3, photometric),
        (273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, len(body)), (339, 3, kind),
    ]  # fmt: skip
    directory = struct.pack(order + "H", len(tags))
    for tag, form, value in tags:
        directory += struct.pack(order + "HHI", tag, form, 1)
        directory += struct.pack(order + ("I" if form == 4 else "HH"), *([value, 0][: 5 - form]))
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8 + len(body))
    return head + body + directory + bytes(4)


@pytest.mark.parametrize(
    "data",
    [
        grey_tiff(GREY, 16, 1),
        grey_tiff(GREY, 16, 1, ">"),
        grey_tiff(65535 - GREY, 16, 0),
        grey_tiff(GREY.astype(np.int32), 32, 1),
        grey_tiff((GREY / 65535).astype(np.float32), 32, 1),
    ],
    ids=["16", "16-big", "16-white-is-zero", "32", "float"],
)
def test_deep_grey_is_scaled(data: bytes) -> None:
    found = decode_image(data, "a.tif")
    assert torch.equal(found[0], found[2])
    assert np.abs(found[0].numpy().astype(int) - EIGHT).max() <= 1


def test_a_png_of_16_bits_is_scaled(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "a.png")
    found = read_image(tmp_path / "a.png")
    assert np.abs(found[1].numpy().astype(int) - EIGHT).max() <= 1


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (GREY // 64, "0 to 1023"),  # 10 bits in 16
        (GREY // 257, "0 to 254"),
        (GREY.astype(np.int32) * 99, "0 to "),
        (GREY.astype(np.int32) - 9, "-9 to "),
        (GREY.astype(np.float32), "0 to 65504"),
        ((GREY // 257).astype(np.float32), "0 to 254"),
        ((GREY / 40000).astype(np.float32) - 1, "-1 to "),
        (np.where(GREY, 0.5, np.nan).astype(np.float32), "NaN"),
    ],
)
def test_grey_of_an_unknown_range_is_refused(values: np.ndarray, found: str) -> None:
    bits = values.dtype.itemsize * 8
    with pytest.raises(DatasetError, match=f"picture in a.tif, found grey values .* {found}"):
        decode_image(grey_tiff(values, bits, 1), "a.tif")


def test_black_is_black() -> None:
    assert decode_image(grey_tiff(GREY * 0, 16, 1), "a.tif").max() == 0


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "PA", "CMYK", "YCbCr", "RGB"])
def test_modes_come_out_as_they_look(tmp_path: Path, mode: str) -> None:
    suffix = "tif" if mode in ("CMYK", "YCbCr", "PA") else "png"
    stripes = np.zeros((32, 16, 3), np.uint8)
    stripes[::2] = 255
    Image.fromarray(stripes).convert(mode).save(tmp_path / f"a.{suffix}")
    found = read_image(tmp_path / f"a.{suffix}").permute(1, 2, 0).numpy().astype(int)
    assert np.abs(found - stripes).max() <= 2


@pytest.mark.parametrize("kind", ["RGBA", "LA", "P", "RGB", "L"])
def test_what_is_transparent_shows_the_mean_colour(tmp_path: Path, kind: str) -> None:
    image = Image.new("RGBA", (8, 8), (250, 250, 250, 255))
    options: dict[str, Any] = {}
    image.paste((5, 5, 5, 0), (0, 0, 4, 8))
    if kind in ("RGB", "L"):
        options = {"transparency": (5, 5, 5) if kind == "RGB" else 5}
    image.quantize().save(tmp_path / "a.png") if kind == "P" else image.convert(kind).save(
        tmp_path / "a.png", **options
    )
    found = read_image(tmp_path / "a.png")
    assert found[:, 4, 1].tolist() == list(MEAN_COLOUR)
    assert found[:, 4, 6].tolist() == [250, 250, 250]


@pytest.mark.parametrize("kind", ["gif", "webp", "png", "tif"])
def test_several_pictures_in_a_file_are_refused(tmp_path: Path, kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), (80 * i, 0, 0)) for i in range(3)]
    frames[0].save(tmp_path / f"a.{kind}", save_all=True, append_images=frames[1:])
    with pytest.raises(DatasetError, match=rf"a\.{kind}, found 3 pictures in one"):
        read_image(tmp_path / f"a.{kind}")
    frames[1].save(tmp_path / f"b.{kind}")
    assert read_image(tmp_path / f"b.{kind}").shape == (3, 8, 8)


def png(pixels: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", **options)
    return buffer.getvalue()


COARSE = np.random.default_rng(3).integers(0, 256, (16, 8, 3), np.uint8)
PNGS = {
    "noise": png(np.random.default_rng(3).integers(0, 256, (64, 32, 3), np.uint8)),
    "smooth": png(np.array(Image.fromarray(COARSE).resize((64, 128)))),
    "palette": png(np.array(Image.fromarray(COARSE[..., 0] // 64).resize((64, 128), 0)), bits=2),
    "one colour": png(np.full((128, 64, 3), 90, np.uint8)),
}


@pytest.mark.parametrize("kind", PNGS)
def test_damaged_png_files_are_refused(kind: str) -> None:
    """Pillow makes up the rest of most of them: of compressed zeros it can read any number."""
    data, rng = PNGS[kind], np.random.default_rng(2)
    whole = decode_image(data, "a.png")
    for at in (int(share * len(data)) for share in (0.1, 0.3, 0.6, 0.9, 0.97)):
        flipped = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
        for hurt in (flipped, *(damage(data, at, rng) for damage in DAMAGE.values())):
            with pytest.raises(DatasetError, match="do not decode"):
                decode_image(hurt, "a.png")
    assert torch.equal(decode_image(data + b"\0" * 99, "a.png"), whole)


def test_a_damaged_comment_of_a_png_does_not_spoil_the_picture() -> None:
    comment = b"teXt" + b"taken by a telephone"
    wrong = len(comment[4:]).to_bytes(4, "big") + comment + b"\0\0\0\0"
    data = PNGS["smooth"]
    after = data[:-12] + wrong + data[-12:]  # behind the pixels
    assert torch.equal(decode_image(after, "a.png"), decode_image(data, "a.png"))


def test_colours_of_twelve_bits_in_sixteen_are_refused() -> None:
    def file(value: int) -> bytes:
        row = b"\0" + value.to_bytes(2, "big") * 3 * 8
        parts = {b"IHDR": struct.pack(">IIBBBBB", 8, 16, 16, 2, 0, 0, 0), b"IDAT": row * 16}
        content = b"\x89PNG\r\n\x1a\n"
        for name, data in (parts | {b"IEND": b""}).items():
            data = zlib.compress(data) if name == b"IDAT" else data
            check = zlib.crc32(name + data).to_bytes(4, "big")
            content += len(data).to_bytes(4, "big") + name + data + check
        return content

    assert decode_image(file(5000), "a.png").unique().tolist() == [19]
    assert decode_image(file(0), "a.png").max() == 0
    with pytest.raises(DatasetError, match=r"a\.png, found no pixel above 1/16 of white"):
        decode_image(file(4000), "a.png")
