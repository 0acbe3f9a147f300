"""Small videos of pictures that say their own number, in many containers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch

COUNT, WIDTH, HEIGHT = 60, 96, 64
BITS = 6

UNEVEN = [40 * i + (17 if i % 3 == 1 else 0) + (500 if i > 30 else 0) for i in range(COUNT)]
OPEN = {"bf": "3", "g": "12", "x264-params": "open-gop=1:scenecut=0"}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("a.mp4", {}),
    "b-frames": ("a.mp4", {"bf": "3", "g": "24"}),
    "open-gop": ("a.mp4", OPEN),
    "one-key-frame": ("a.mp4", {"g": "1000", "bf": "2"}),
    "uneven": ("a.mp4", {"times": UNEVEN, "bf": "2", "g": "10"}),
    "late-start": ("a.mp4", {"times": [3_000 + 40 * i for i in range(COUNT)], "g": "10"}),
    "intra-refresh": ("a.mp4", {"x264-params": "intra-refresh=1:keyint=12"}),
    "fragmented": ("a.mp4", {"mux": {"movflags": "frag_keyframe+empty_moov"}, "g": "12"}),
    "mov": ("a.mov", {"bf": "2", "g": "12"}),
    "mpeg4": ("a.mp4", {"codec": "mpeg4", "g": "12"}),
    "mpeg4-b-frames": ("a.mp4", {"codec": "mpeg4", "g": "12", "bf": "2"}),
    "mpeg2": ("a.mp4", {"codec": "mpeg2video", "g": "12", "bf": "2"}),
    "ten-bits": ("a.mp4", {"pix": "yuv420p10le", "g": "12"}),
    "matroska": ("a.mkv", {"bf": "3", "g": "20"}),
    "matroska-open-gop": ("a.mkv", OPEN),
    "webm": ("a.webm", {"codec": "libvpx-vp9", "g": "12", "cpu-used": "5"}),
    "webm-vp8": ("a.webm", {"codec": "libvpx", "g": "12", "auto-alt-ref": "1"}),
    "avi": ("a.avi", {"codec": "mpeg4", "g": "12"}),
    "avi-b-frames": ("a.avi", {"codec": "mpeg4", "g": "12", "bf": "2"}),
    "avi-h264": ("a.avi", {"g": "12", "bf": "0"}),
    "avi-h264-b-frames": ("a.avi", {"g": "12", "bf": "2"}),
    "avi-mpeg2": ("a.avi", {"codec": "mpeg2video", "g": "12", "bf": "0"}),
    "avi-mjpeg": ("a.avi", {"codec": "mjpeg", "pix": "yuvj420p"}),
    "mpg": ("a.mpg", {"codec": "mpeg1video", "format": "mpeg", "g": "12", "bf": "0"}),
    "mpg-b-frames": ("a.mpg", {"codec": "mpeg2video", "format": "mpeg", "g": "12", "bf": "2"}),
    "ts": ("a.ts", {"g": "12", "bf": "2"}),
    "ts-open-gop": ("a.ts", OPEN),
    "ts-named-mp4": ("a.mp4", {"format": "mpegts", "g": "12", "bf": "2"}),
    "wmv": ("a.wmv", {"codec": "wmv2", "g": "12"}),
    "flv": ("a.flv", {"g": "12", "bf": "2"}),
    "raw": ("a.h264", {"format": "h264", "g": "12", "bf": "2"}),
    "gif": ("a.gif", {"codec": "gif", "pix": "rgb8"}),
}


def stamped(number: int) -> np.ndarray:
    """A picture with its number in black and white stripes."""
    pixels = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for bit in range(BITS):
        pixels[:, 16 * bit : 16 * bit + 14] = 235 * (number >> bit & 1) + 10
    return pixels


def stamp(frame: torch.Tensor) -> int:
    bright = frame.float().mean((0, 1)) > 128
    return sum(int(bright[16 * bit + 6]) << bit for bit in range(BITS))


def write_kind(folder: Path, kind: str) -> Path:
    name, options = KINDS[kind]
    return write(folder / name, **options)


def write(
    path: Path,
    *,
    times: Sequence[int] | None = None,
    codec: str = "libx264",
    pix: str = "yuv420p",
    format: str | None = None,
    mux: dict[str, str] | None = None,
    **options: str,
) -> Path:
    """A video of COUNT stamped frames, shown at ``times`` (units of 1/1000 s)."""
    with av.open(str(path), "w", format=format, options=mux or {}) as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pix
        stream.bit_rate = 2_000_000
        stream.options = options
        if "g" in options:
            stream.codec_context.gop_size = int(options["g"])
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(COUNT):
            frame = av.VideoFrame.from_ndarray(stamped(number), format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[number], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


VOP = b"\0\0\1\xb6"
NOTHING_CODED = VOP + b"\x40\x00\x7f"
DIVX = b"\0\0\1\xb2DivX503b1393p\0"
"""What tells decoders that pictures are packed."""


def packed(source: Path, target: Path) -> Path:
    """The MPEG-4 video ``source`` with each first B picture in the packet of the one before it."""
    with av.open(str(source)) as read, av.open(str(target), "w") as written:
        stream = read.streams.video[0]
        pictures = [bytes(packet) for packet in read.demux(stream) if packet.size]
        first = pictures[0].find(VOP)
        pictures[0] = pictures[0][:first] + DIVX + pictures[0][first:]
        between = [picture[picture.find(VOP) + 4] >> 6 == 2 for picture in pictures]
        packets: list[bytes] = []
        for number, picture in enumerate(pictures):
            if between[number] and not between[number - 1]:
                packets[-1] += picture
            else:
                packets.append(picture)
            last = number + 1 == len(pictures) or not between[number + 1]
            if between[number] and last:
                packets.append(NOTHING_CODED)
        output = written.add_stream_from_template(stream)
        for number, content in enumerate(packets):
            packet = av.Packet(content)
            packet.stream, packet.time_base = output, Fraction(1, 25)
            packet.pts = packet.dts = number
            packet.is_keyframe = number == 0
            written.mux(packet)
    return target
