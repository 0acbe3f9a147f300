"""Whether a video file was cut short or overwritten to its end, by what its container says.

MP4, MOV, Matroska, WebM, AVI, WMV, FLV and GIF tell. MPEG transport streams tell only where they
were not cut between two of their packets, program streams and raw H.264 or MPEG-4 not at all:
there, only a last picture that does not decode shows it. So it is with recordings that were never
finished and have no sizes in their headers.
"""

from __future__ import annotations

import stat
import struct
from pathlib import Path
from typing import BinaryIO

_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
_ASF_PACKET = b"\x82\0\0"
"""How packets begin that have the usual error correction data."""
_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"pnot")
_SEGMENT = "18538067"
_IN_SEGMENT = frozenset(
    {
        "114d9b74",
        "1549a966",
        "1654ae6b",
        "1f43b675",
        "1c53bb6b",
    }  # index, facts, tracks, frames, cues
    | {"1043a770", "1254c367", "1941a469", "ec", "bf"}  # chapters, tags, files, nothing, check sum
)
"""EBML numbers of what may follow each other in a segment."""
_TS_PACKETS = ((188, 0), (192, 4), (204, 0))
"""Sizes of transport packets, plain, of discs, with error correction; where the sync byte is."""


def cut_short(path: Path) -> str | None:
    """What shows that the file is not whole, None where nothing does. OSError: no file to read."""
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        return "it is no regular file"  # a pipe would be waited for
    size = facts.st_size
    with path.open("rb") as file:
        head = file.read(8192)
        if head[4:8] in _BOXES:
            return _of_boxes(file, size)
        if head[:4] == b"\x1aE\xdf\xa3":
            return _of_matroska(file, head, size)
        if head[:4] == b"RIFF":
            return _of_riff(file, size)
        if head[:16] == _ASF:
            return _of_asf(file, head, size)
        if head[:3] == b"FLV":
            return None if _ends_with_a_tag(file, size) else "its last FLV tag is not whole"
        if head[:4] == b"GIF8":
            file.seek(max(size - 64, 0))
            return None if file.read().rstrip(b"\0").endswith(b";") else "its last byte is missing"
        return _of_transport_packets(file, head, size)


def _beyond(wanted: int, size: int) -> str | None:
    if wanted <= size:
        return None
    return f"the file was cut off: its header says {wanted} bytes"


def _of_boxes(file: BinaryIO, size: int) -> str | None:
    """MP4 and MOV. What follows the last box is harmless, unless boxes of frames should be there:
    a fragmented file has no other list of its frames."""
    place, fragmented = 0, False
    while place + 8 <= size:
        file.seek(place)
        box = file.read(16)
        length = int.from_bytes(box[:4], "big")
        if not box[4:8].isalnum():
            return f"what should follow byte {place} is lost" if fragmented else None
        fragmented = fragmented or box[4:8] == b"moof"
        if length == 1:
            length = int.from_bytes(box[8:16], "big")
        if length < 8:  # 0: to the end of the file
            return None
        place += length
    return _beyond(place, size)


def _of_matroska(file: BinaryIO, head: bytes, size: int) -> str | None:
    """Matroska and WebM. Streamed ones have no sizes, of the segment or of its clusters."""
    length, place = _ebml_size(head, 4)
    place += length or 0
    if head[place : place + 4].hex() != _SEGMENT:
        return None
    segment, place = _ebml_size(head, place + 4)
    if segment is None:
        return None
    end = place + segment
    while place < min(end, size):
        file.seek(place)
        element = file.read(12)
        width = 9 - element[0].bit_length()
        if element[:width].hex() not in _IN_SEGMENT:
            return f"what should follow byte {place} is lost"
        length, after = _ebml_size(element, width)
        if length is None:
            return None
        place += after + length
    return _beyond(max(place, end), size)


def _ebml_size(data: bytes, place: int) -> tuple[int | None, int]:
    """A number of variable length, None where all of its bits are set, and the place after it."""
    width = 9 - data[place : place + 1].ljust(1, b"\0")[0].bit_length()
    if width > 8 or place + width > len(data):
        return None, place
    unknown = (1 << 7 * width) - 1
    value = int.from_bytes(data[place : place + width], "big") & unknown
    return (None if value == unknown else value), place + width


def _of_riff(file: BinaryIO, size: int) -> str | None:
    """AVI: one list, or several in a long file. One that was never finished has the size 0."""
    place = 0
    while place + 12 <= size:
        file.seek(place)
        name, length = struct.unpack("<4sI", file.read(8))
        if name != b"RIFF" or length == 0:
            return None
        end = place + 8 + length
        if end > size + 8:  # some count the list's own header twice
            return _beyond(end, size)
        place += 12
        while place + 8 <= min(end, size):
            file.seek(place)
            name, length = struct.unpack("<4sI", file.read(8))
            if not name.isascii() or not name.isalnum():
                return f"what should follow byte {place} is lost" if name.strip() else None
            place += 8 + length + length % 2
        place = end + end % 2
    return None


def _of_asf(file: BinaryIO, head: bytes, size: int) -> str | None:
    """WMV. Its header has the file's size and that of its packets; broadcasts leave them out."""
    start = head.find(_ASF_PROPERTIES)
    if start < 0 or start + 104 > len(head):
        return None
    whole, flags, length = struct.unpack_from("<Q40xII", head, start + 40)
    if flags & 1:
        return None
    first = head.find(_ASF_DATA)
    if whole > size or first < 0 or first + 53 > len(head):
        return _beyond(whole, size)
    packets = int.from_bytes(head[first + 40 : first + 48], "little")
    if head[first + 50 : first + 53] == _ASF_PACKET and packets:
        file.seek(first + 50 + (packets - 1) * length)
        if file.read(3) != _ASF_PACKET:
            return "its last packets are lost"
    return None


def _ends_with_a_tag(file: BinaryIO, size: int) -> bool:
    """An FLV file repeats the size of every tag after it."""
    if size < 24:
        return False
    file.seek(size - 4)
    length = int.from_bytes(file.read(4), "big")
    if not 11 <= length <= size - 13:
        return False
    file.seek(size - 4 - length)
    tag = file.read(4)
    return tag[0] & 0x1F in (8, 9, 18) and int.from_bytes(tag[1:4], "big") == length - 11


def _of_transport_packets(file: BinaryIO, head: bytes, size: int) -> str | None:
    for length, sync in _TS_PACKETS:
        marks = head[sync::length]
        if len(marks) > 4 and set(marks) == {0x47}:
            if size % length:
                return "it ends inside of a transport packet"
            file.seek(max(size - 8 * length, 0))
            if set(file.read()[sync::length]) != {0x47}:
                return "its last transport packets are lost"
            return None
    return None
