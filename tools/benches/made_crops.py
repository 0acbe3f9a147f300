"""Crops of nobody: files that decode as real ones do, for benchmarks that need no people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat

CAMERAS, TRACKLETS = 2, 2
"""Tracklets of each person under each camera, in a made MARS tree."""


def write_crops(paths: Iterator[Path], rng: np.random.Generator) -> None:
    """256x128, as MARS has them: smooth shapes that move, edges and a little noise, quality 90."""
    base = rng.integers(0, 256, (16, 8, 3), dtype=np.uint8)
    for frame, path in enumerate(paths):
        shape = Image.fromarray(np.roll(base, frame, axis=1)).resize((128, 256))
        noise = rng.normal(0, 6, (256, 128, 3))
        pixels = np.clip(np.asarray(shape, float) + noise, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(path, quality=90)


def write_mars(root: Path, people: int, frames: int = 8) -> Path:
    """A MARS tree with that many training people, and one to test on; returns ``root``."""
    rng = np.random.default_rng(0)
    (root / "info").mkdir(parents=True)
    for part, persons in (("train", range(1, people + 1)), ("test", [people + 1])):
        names, rows = [], []
        for person in persons:
            folder = root / f"bbox_{part}" / f"{person:04d}"
            folder.mkdir(parents=True)
            for track in range(CAMERAS * TRACKLETS):
                camera = 1 + track % CAMERAS
                stem = f"{person:04d}C{camera}T{track + 1:04d}F"
                new = [f"{stem}{frame:03d}.jpg" for frame in range(1, frames + 1)]
                write_crops((folder / name for name in new), rng)
                rows.append((len(names) + 1, len(names) + frames, person, camera))
                names += new
        (root / f"info/{part}_name.txt").write_text("".join(f"{name}\n" for name in names))
        table = {f"track_{part}_info": np.array(rows, np.int32)}
        savemat(root / f"info/tracks_{part}_info.mat", table)
    savemat(root / "info/query_IDX.mat", {"query_IDX": np.array([[1]], np.uint16)})
    return root
