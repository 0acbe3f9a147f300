"""An H.264 encoder that gives equal bytes for equal frames, on every machine."""

from __future__ import annotations

from fractions import Fraction

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

MUXING = {"fflags": "+bitexact"}
"""Options of the container: no dates, no versions."""

_COLOURS = {"colorspace": 6, "color_range": 1, "color_primaries": 1, "color_trc": 13}
"""ITU-T H.273's codes for how pixels become luma and chroma: by BT.601, as FFmpeg does, 16 to 235,
from sRGB. Where a file says nothing, players take BT.709 for pictures of 720 lines and more."""


def add_stream(container: OutputContainer, fps: float, crf: int, **options: str) -> VideoStream:
    """A video stream of ``fps`` frames a second, to be given its height and width.

    One thread, for what several encode depends on their timing. No SIMD code: x264's for AVX-512
    reads memory it has not written, so that a few of a thousand videos came out otherwise, and
    other processors take other code. That costs 1 ms a crop, 25 ms a frame of 1280 x 720.
    """
    stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
    stream.pix_fmt = "yuv420p"
    stream.options = {"crf": str(crf), "x264-params": "threads=1:asm=0", **options}
    stream.codec_context.flags |= av.codec.context.Flags.bitexact
    for name, value in _COLOURS.items():
        setattr(stream.codec_context, name, value)
    return stream
