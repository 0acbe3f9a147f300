"""Pictures of what static cameras see when nobody is there, which an owner may add to statistics.

Statistics carry no backgrounds. The median over time of whole frames shows none of the people who
walk through, given that every pixel is free of them most of the time; where that is not so, or the
camera moves, there is no picture. Whoever stood there throughout is in it: somebody has to look.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from vidsynth.errors import OutputError, TargetError
from vidsynth.files import require_output, write_whole
from vidsynth.target.boxes import Row, read_table

MARK = "vidsynth target measure"
"""In every picture."""
FRAMES = 121
LEAST = 100
"""Frames without which there is no median."""
FREE = 0.6
"""Share of frames in which every pixel has to be outside all boxes."""

_LARGEST = 1_000_000
"""Pixels of a picture: larger frames are made smaller, to be held in memory together."""
_MOVED = 12.0
"""Mean difference, of 255, between both halves of a video, above which its camera moves."""
_ROWS = 16
_MARGIN = 0.1
"""Of a box's size, by which it is widened: shadows and swinging feet are outside."""


def write_backgrounds(root: Path, folder: Path, keep_names: bool = False) -> list[str]:
    """Writes a picture for each camera of ``boxes.csv`` that allows it; says of each what came out.

    Raises TargetError where there are no whole frames, OutputError as `background_files` does.
    """
    cameras: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for (video, camera, _), rows in read_table(root).items():
        cameras[camera][video] += rows
    said = []
    for camera, (name, path) in _files(root, sorted(cameras), folder, keep_names).items():
        try:
            picture = background(root, cameras[camera])
        except TargetError as error:
            said.append(f"camera {name}: no background. {error}")
            continue
        made, content = PngInfo(), io.BytesIO()
        made.add_text("Software", MARK)
        Image.fromarray(picture).save(content, "PNG", pnginfo=made)
        write_whole(path, content.getvalue())
        said.append(f"camera {name}: {path}")
    return said


def background_files(
    root: Path, folder: Path, keep_names: bool = False
) -> dict[str, tuple[str, Path]]:
    """What each camera of ``boxes.csv`` is called, and the picture of it.

    Raises OutputError where that is a file of somebody else, or of two cameras.
    """
    cameras = sorted({camera for _, camera, _ in read_table(root)})
    return _files(root, cameras, folder, keep_names)


def _files(
    root: Path, cameras: list[str], folder: Path, keep_names: bool
) -> dict[str, tuple[str, Path]]:
    found: dict[str, tuple[str, Path]] = {}
    for number, camera in enumerate(cameras, 1):
        name = camera if keep_names else str(number)
        path = folder / f"{name.replace('/', '-')}.png"
        other = next((there for there, (_, its) in found.items() if its == path), None)
        if other is not None:
            raise OutputError(
                f"Expected cameras whose names differ as names of files in {root}, found {other} "
                f"and {camera}, both {path.name}. Leave --keep-names out, or rename one."
            )
        require_output(path, suffixes=(".png",), mark=MARK, option="--backgrounds")
        found[camera] = name, path
    return found


def background(root: Path, videos: dict[str, list[Row]]) -> np.ndarray:
    """Median uint8 ``(H, W, 3)`` of a camera's frames without anybody's box.

    Raises TargetError saying why there is none.
    """
    frames, free = _read(root, videos)
    if len(frames) < LEAST:
        raise TargetError(f"It takes {LEAST} frames, found {len(frames)}.")
    if (share := float(free.mean(0).min())) <= FREE:
        raise TargetError(
            f"Every pixel has to be outside all boxes in {FREE:.0%} of frames; one is in "
            f"{share:.0%}."
        )
    middle = len(frames) // 2
    halves = (_median(frames[:middle], free[:middle]), _median(frames[middle:], free[middle:]))
    if (moved := float(np.abs(halves[0] - halves[1]).mean())) > _MOVED:
        raise TargetError(f"The camera moves, or its light changes: by {moved:.0f} of 255.")
    return np.round(_median(frames, free)).astype(np.uint8)


def _read(root: Path, videos: dict[str, list[Row]]) -> tuple[np.ndarray, np.ndarray]:
    """Frames uint8 (T, H, W, 3), and where they are outside all boxes, bool (T, H, W)."""
    from reid_datasets.errors import DatasetError
    from reid_datasets.video import frame_count

    try:
        counts = {video: frame_count(root / video) for video in videos}
    except DatasetError as error:
        raise TargetError(str(error)) from None
    total = sum(counts.values())
    frames, free = [], []
    for video, rows in videos.items():
        boxes: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            boxes[row[0]].append(row)
        wanted = max(1, min(counts[video], round(FRAMES * counts[video] / total)))
        places = [(2 * k + 1) * counts[video] // (2 * wanted) for k in range(wanted)]
        for place, pixels in zip(places, _frames(root / video, counts[video], places), strict=True):
            small = _smaller(pixels)
            scale = small.shape[0] / pixels.shape[0]
            frames.append(small)
            free.append(_outside((small.shape[0], small.shape[1]), boxes[place], scale))
    if len({frame.shape for frame in frames}) > 1:
        raise TargetError("Its videos have frames of different sizes.")
    return np.array(frames), np.array(free)


def _frames(path: Path, count: int, places: list[int]) -> Iterator[np.ndarray]:
    from reid_datasets.errors import DatasetError
    from reid_datasets.video import VideoSpan

    span = VideoSpan(path, 0, count)
    for place in places:
        try:
            (pixels,) = span.read([place])
        except DatasetError as error:
            raise TargetError(str(error)) from None
        yield pixels.permute(1, 2, 0).numpy()


def _smaller(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    scale = min(1.0, (_LARGEST / (height * width)) ** 0.5)
    if scale == 1:
        return pixels
    size = (round(width * scale), round(height * scale))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


def _outside(shape: tuple[int, int], rows: list[Row], scale: float) -> np.ndarray:
    free = np.ones(shape, bool)
    for _, x0, y0, x1, y1 in rows:
        aside, above = _MARGIN * (x1 - x0), _MARGIN * (y1 - y0)
        left, right = (round(scale * x) for x in (x0 - aside, x1 + aside))
        top, bottom = (round(scale * y) for y in (y0 - above, y1 + above))
        free[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = False
    return free


def _median(frames: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Median float32 (H, W, 3) over time of what is free, or of everything where nothing is."""
    found = np.empty(frames.shape[1:], np.float32)
    for top in range(0, found.shape[0], _ROWS):
        part = frames[:, top : top + _ROWS].astype(np.float32)
        seen = free[:, top : top + _ROWS] | ~free[:, top : top + _ROWS].any(0)
        part[~seen] = np.nan
        found[top : top + _ROWS] = np.nanmedian(part, axis=0)
    return found
