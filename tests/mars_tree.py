"""A MARS tree in miniature: one colour per identity, with junk, distractors and two cameras."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat

JUNK, DISTRACTOR = -1, 0


def write_mars_tree(
    root: Path,
    *,
    train_people: int = 4,
    test_people: int = 3,
    cameras: int = 2,
    tracklets: int = 2,
    frames: int = 6,
    distractors: int = 2,
    junk: int = 1,
    size: tuple[int, int] = (64, 32),
    seed: int = 0,
) -> Path:
    """Writes ``tracklets`` tracklets of each identity under each camera; returns ``root``.

    Train ids start at 1, test ids follow them. Queries are the first tracklet of each test
    identity under each camera. ``size`` is (height, width). The first tracklet of all has one
    frame only.
    """
    rng = np.random.default_rng(seed)
    train = range(1, train_people + 1)
    test = range(train_people + 1, train_people + test_people + 1)
    plan = {
        "train": [(p, c, t) for p in train for c in _cameras(cameras) for t in _tracks(tracklets)],
        "test": [(JUNK, 1, t) for t in _tracks(junk)]
        + [(DISTRACTOR, 1, t) for t in _tracks(distractors)]
        + [(p, c, t) for p in test for c in _cameras(cameras) for t in _tracks(tracklets)],
    }
    (root / "info").mkdir(parents=True)
    colours = rng.integers(30, 226, (train_people + test_people + 2, 3))
    for part, members in plan.items():
        names, rows = [], []
        for number, (person, camera, track) in enumerate(members):
            count = 1 if part == "train" and number == 0 else frames
            rows.append((len(names) + 1, len(names) + count, person, camera))
            label = "00-1" if person == JUNK else f"{person:04d}"
            for frame in range(1, count + 1):
                names.append(f"{label}C{camera}T{track:04d}F{frame:03d}.jpg")
                path = root / f"bbox_{part}" / label / names[-1]
                path.parent.mkdir(parents=True, exist_ok=True)
                noise = rng.integers(-30, 31, (*size, 3))
                pixels = np.clip(colours[person + 1] + noise, 0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(path, quality=90)
        (root / f"info/{part}_name.txt").write_text("".join(f"{name}\n" for name in names))
        table = np.array(rows, np.int32)
        savemat(root / f"info/tracks_{part}_info.mat", {f"track_{part}_info": table})
    queries = [
        row for row, (person, _, track) in enumerate(plan["test"], 1) if person > 0 and track == 1
    ]
    savemat(root / "info/query_IDX.mat", {"query_IDX": np.array([queries], np.uint16)})
    return root


def _cameras(count: int) -> range:
    return range(1, count + 1)


def _tracks(count: int) -> range:
    return range(1, count + 1)
