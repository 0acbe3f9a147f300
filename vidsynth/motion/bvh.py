"""Biovision hierarchy (BVH) files: read whole or refused with the line that is wrong.

A joint's rotation is the product of its rotation channels in the order the file lists them (about
the joint's own, turned axes). Position channels take the place of the root's OFFSET; those of other
joints take the OFFSET's place in MotionBuilder's files and add to it in MakeHuman's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from strict_reading import named
from vidsynth.body.skeleton import forward
from vidsynth.errors import MotionError

LARGEST = 200_000_000
"""Bytes of a file that is still read: more than an hour at 120 frames per second."""

_CHANNELS = tuple(f"{axis}{kind}" for kind in ("position", "rotation") for axis in "XYZ")
_MOST_JOINTS = 1000


@dataclass(frozen=True, eq=False)
class Bvh:
    """A skeleton of J joints and T frames of C channel values, as the file has them.

    End Sites are joints too, named after their parent with `` end`` and without channels.
    ``parents`` (J,) come before their children, -1 for the root; ``offsets`` (J, 3) file units;
    ``values`` (T, C) file units and degrees; ``frame_time`` seconds.
    """

    path: Path
    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    channels: tuple[tuple[str, ...], ...]
    values: np.ndarray
    frame_time: float


def joints_of(bvh: Bvh) -> tuple[np.ndarray, np.ndarray]:
    """Positions (T, J, 3) in file units and rotations (T, J, 3, 3) from the rest pose, both in
    the file's axes."""
    count, column = len(bvh.values), 0
    added = _positions_add(bvh)
    offsets = np.repeat(bvh.offsets[:, None], count, 1)
    local = np.empty((len(bvh.names), count, 3, 3))
    for joint, (parent, channels) in enumerate(zip(bvh.parents, bvh.channels, strict=True)):
        turn = Rotation.identity(count)
        for channel in channels:
            value, axis = bvh.values[:, column], channel[0]
            if channel.endswith("position"):
                along = offsets[joint, :, "XYZ".index(axis)]
                along[:] = along + value if added and parent >= 0 else value
            else:
                turn = turn * Rotation.from_euler(axis, value[:, None], degrees=True)
            column += 1
        local[joint] = turn.as_matrix()
    positions, rotations = forward(bvh.parents, offsets, local)
    return positions.swapaxes(0, 1), rotations.swapaxes(0, 1)


def _positions_add(bvh: Bvh) -> bool:
    """Whether position channels below the root count from OFFSET: the reading under which the
    bones keep more of their rest lengths."""
    column, replaced, added = 0, 0.0, 0.0
    for parent, offset, channels in zip(bvh.parents, bvh.offsets, bvh.channels, strict=True):
        for channel in channels:
            if parent >= 0 and channel.endswith("position"):
                values = bvh.values[:, column]
                replaced += float(np.abs(values - offset["XYZ".index(channel[0])]).sum())
                added += float(np.abs(values).sum())
            column += 1
    return added < replaced


def read_bvh(path: Path) -> Bvh:
    """The file's skeleton and motion. Raises MotionError naming file and line."""
    lines = _Lines(path)
    names, parents, offsets, channels = _hierarchy(lines)
    values, frame_time = _motion(lines, sum(len(some) for some in channels))
    return Bvh(
        path, tuple(names), tuple(parents), np.array(offsets), tuple(channels), values, frame_time
    )


class _Lines:
    """The file's lines that are not blank, and complaints about the current one."""

    def __init__(self, path: Path) -> None:
        self.path, self.number = path, 0
        try:
            size = path.stat().st_size
            if not path.is_file():
                raise MotionError(f"{path}: expected a BVH file, found no regular file.")
            if size > LARGEST:
                raise MotionError(
                    f"{path}: expected at most {LARGEST // 10**6} MB of motion, found "
                    f"{size // 10**6} MB: cut it into shorter files."
                )
            raw = path.read_bytes()
        except OSError as error:
            raise MotionError(f"{path}: expected a BVH file, found: {error.strerror}.") from None
        except ValueError as error:
            raise MotionError(f"{named(path)}: expected a BVH file, found: {error}.") from None
        if b"\0" in raw:
            raise MotionError(f"{path}: expected a BVH text file, found binary data.")
        text = raw.decode("utf-8-sig", errors="replace")
        self._all = [(k, line.split()) for k, line in enumerate(text.splitlines(), 1)]
        self._all = [entry for entry in self._all if entry[1]]
        self._next = 0

    @property
    def left(self) -> int:
        return len(self._all) - self._next

    def take(self, expected: str) -> list[str]:
        """The next line's words."""
        if not self.left:
            last = self._all[-1][0] if self._all else 0
            raise MotionError(
                f"{self.path}: expected {expected} after line {last}, found the end of the file: "
                "it is cut off, fetch or export it again."
            )
        self.number, words = self._all[self._next]
        self._next += 1
        return words

    def wrong(self, expected: str, found: object, advice: str = "") -> MotionError:
        text = f"{self.path}, line {self.number}: expected {expected}, found {found}"
        return MotionError(f"{text}: {advice}." if advice else f"{text}.")

    def numbers(self, words: list[str], count: int, expected: str) -> list[float]:
        """``words`` as ``count`` finite numbers."""
        if len(words) != count:
            raise self.wrong(f"{count} numbers ({expected})", len(words))
        try:
            if not all(map(str.isascii, words)):
                raise ValueError
            values = [float(word) for word in words]
        except ValueError:
            bad = next(word for word in words if not _is_number(word))
            raise self.wrong(f"a number ({expected})", repr(bad[:40])) from None
        for word, value in zip(words, values, strict=True):
            if not abs(value) < 1e7:
                raise self.wrong(f"a finite number ({expected})", repr(word[:40]))
        return values


def _is_whole(word: str) -> bool:
    return word.isascii() and word.isdigit()


def _is_number(word: str) -> bool:
    if not word.isascii():
        return False
    try:
        float(word)
    except ValueError:
        return False
    return True


def _hierarchy(
    lines: _Lines,
) -> tuple[list[str], list[int], list[list[float]], list[tuple[str, ...]]]:
    words = lines.take("HIERARCHY")
    if words[0].upper() != "HIERARCHY":
        raise lines.wrong("HIERARCHY", repr(" ".join(words)[:40]), "is this a BVH file?")
    names: list[str] = []
    parents: list[int] = []
    offsets: list[list[float]] = []
    channels: list[tuple[str, ...]] = []
    open_: list[int] = []
    ends: set[int] = set()
    while open_ or not names:
        words = lines.take("JOINT, End Site or }" if open_ else "ROOT")
        word = words[0].upper()
        if word == "}" and open_:
            open_.pop()
            continue
        ended = bool(open_) and open_[-1] in ends
        if word in ("JOINT", "END") and open_ and not ended:
            parent = open_[-1]
        elif word == "ROOT" and not open_:
            parent = -1
        else:
            raise lines.wrong(
                "}" if ended else "JOINT, End Site or }" if open_ else "ROOT",
                repr(" ".join(words)[:40]),
            )
        if len(names) == _MOST_JOINTS:
            raise lines.wrong(f"at most {_MOST_JOINTS} joints", "more")
        end = word == "END"
        name = f"{names[parent]} end" if end else " ".join(words[1:])
        if not name:
            raise lines.wrong(f"a name after {words[0]}", "none")
        if end:
            ends.add(len(names))
        open_.append(len(names))
        names.append(name)
        parents.append(parent)
        words = lines.take("{")
        if words != ["{"]:
            raise lines.wrong(f"{{ after {name}", repr(" ".join(words)[:40]))
        words = lines.take("OFFSET")
        if words[0].upper() != "OFFSET":
            raise lines.wrong(f"OFFSET of {name}", repr(" ".join(words)[:40]))
        offsets.append(lines.numbers(words[1:], 3, f"OFFSET of {name}"))
        channels.append(() if end else _channels(lines, name))
    return names, parents, offsets, channels


def _channels(lines: _Lines, name: str) -> tuple[str, ...]:
    words = lines.take("CHANNELS")
    expected = f"CHANNELS of {name}"
    if words[0].upper() != "CHANNELS":
        raise lines.wrong(expected, repr(" ".join(words)[:40]))
    known = {channel.lower(): channel for channel in _CHANNELS}
    named = words[2:]
    if len(words) < 2 or words[1] != str(len(named)):
        said = repr(" ".join(words)[:80])
        raise lines.wrong(f"{expected}: their number, then as many names", said)
    for word in named:
        if word.lower() not in known:
            raise lines.wrong(f"{expected} among {', '.join(_CHANNELS)}", repr(word[:40]))
    found = tuple(known[word.lower()] for word in named)
    if len(set(found)) < len(found):
        raise lines.wrong(f"{expected}, each once", repr(" ".join(named)))
    return found


def _motion(lines: _Lines, width: int) -> tuple[np.ndarray, float]:
    words = lines.take("MOTION")
    if words[0].upper() != "MOTION":
        raise lines.wrong("MOTION", repr(" ".join(words)[:40]), "one skeleton per file")
    words = lines.take("Frames:")
    if words[0].lower() != "frames:" or len(words) != 2 or not _is_whole(words[1]):
        raise lines.wrong("Frames: and a whole number", repr(" ".join(words)[:40]))
    # int() refuses thousands of digits.
    count, shown = int(words[1][:12]), words[1][:12]
    stated = lines.number
    words = lines.take("Frame Time:")
    if [word.lower() for word in words[:2]] != ["frame", "time:"]:
        raise lines.wrong("Frame Time: and seconds", repr(" ".join(words)[:40]))
    (frame_time,) = lines.numbers(words[2:], 1, "Frame Time, seconds")
    if not 1e-3 <= frame_time <= 1:
        raise lines.wrong("Frame Time from 0.001 to 1 second", frame_time)
    if width == 0:
        raise lines.wrong("joints with channels", "none", "such a file holds no motion")
    if count < 1 or lines.left != count:
        lines.number = stated
        raise lines.wrong(
            "as many lines of motion as Frames says, 1 or more",
            f"Frames: {shown} and {lines.left} lines",
            "the file is cut off or its count is wrong; fetch or export it again",
        )
    values = np.empty((count, width))
    for frame in range(count):
        words = lines.take("a frame")
        values[frame] = lines.numbers(words, width, f"channels of frame {frame + 1}")
    return values, frame_time
