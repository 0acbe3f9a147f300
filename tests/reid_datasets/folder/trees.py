"""A person's own data in miniature: one grey image many times, or a short video."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from PIL import Image


def write_tracklets(root: Path, *places: str, frames: int = 3) -> Path:
    """A directory of ``frames`` images 1.jpg, 2.jpg, ... at each place; returns ``root``."""
    for place in places:
        (root / place).mkdir(parents=True, exist_ok=True)
        for number in range(1, frames + 1):
            Image.new("RGB", (16, 32), (90, 90, 90)).save(root / place / f"{number}.jpg")
    return root


def write_video(path: Path, frames: int = 6) -> Path:
    """An MP4 of 32x16 pixels that gets brighter; returns ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 16, 32, "yuv420p"
        for number in range(frames):
            grey = np.full((32, 16, 3), 20 + 30 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, "rgb24")))
        container.mux(stream.encode())
    return path
