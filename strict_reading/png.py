"""PNG files to be whole, which Pillow does not ask for."""

from __future__ import annotations

import zlib

START = b"\x89PNG\r\n\x1a\n"
_OF_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
"""Chunks that decide what is seen; a damaged comment does no harm."""


def require_whole(data: bytes) -> None:
    """ValueError: a chunk of pixels has another check sum than it says, or there is no last chunk.

    Pillow looks at no check sum of compressed pixels, and stops when it has as many rows as it
    needs: of a download that broke off, where zeros stand for what has not arrived, it makes up the
    rest of the picture.
    """
    place, name = len(START), b""
    while name != b"IEND":
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        end = place + 8 + length
        if end + 4 > len(data):
            raise ValueError(f"it ends inside the chunk at byte {place}")
        if name in _OF_PIXELS or not name.isalpha():
            found = zlib.crc32(memoryview(data)[place + 4 : end])
            if found.to_bytes(4, "big") != data[end : end + 4]:
                raise ValueError(f"the chunk at byte {place} has another check sum than it says")
        place = end + 4
