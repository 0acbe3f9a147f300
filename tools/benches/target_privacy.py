"""Row 8: what a statistics file of a target keeps to itself."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr
from dataclasses import fields, replace
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from PIL import Image
from typer.testing import CliRunner

from vidsynth.cli import app
from vidsynth.target.crops import Crop, TargetTracklet
from vidsynth.target.estimated import SHARE_STEP
from vidsynth.target.estimators import Estimators
from vidsynth.target.measuring import Measured, measure
from vidsynth.target.statistics import TargetStatistics, encoded, read
from vidsynth.target.summary import summarise

TRACKLETS = 1000
TELLING = ("frauke", "lobby", "20240131", "IMG_")
"""Parts of the names of people, cameras, times and files."""

STEPS = {
    "counts": 1e-4, "floor": 1e-4, "sd": 1e-4, "upper": 1e-4, "lower": 1e-4, "rest": 5.1e-3,
    "spearman": 0.01, "alike": 1e-4, "embedding": 1e-5, "moments.mean": 0.01, "moments.cov": 0.02,
    "tracklets": 5.0, "images": 100.0,
}  # fmt: skip
"""What numbers are rounded to, by what they are called; ``rest`` and counts of tracklets are to the
nearest five tracklets, and means and scatters to half a hundredth of their quantity's range."""


class Check(NamedTuple):
    """A demand, what was found, and whether that is enough."""

    demand: str
    found: str
    passed: bool


def checks(estimators: Estimators | None = None, removals: int = 20) -> Iterator[Check]:
    """All of row 8. Without estimators nothing is said of features."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _of_files(Path(folder))
    numbers = measure(people(TRACKLETS), estimators)
    whole = summarise(numbers, "images", estimators)
    yield _floors(whole)
    if estimators is not None:
        few, enough = (
            summarise(_part(numbers, range(n)), "images", estimators) for n in (199, 200)
        )
        refused = few.pooled.embedding is None and few.pooled.moments is None
        found = f"199: {'none' if refused else 'there'}, 200: {_said(enough)}"
        passed = refused and enough.pooled.embedding is not None
        yield Check("features of fewer than 200 tracklets stay", found, passed)
    yield removal(numbers, whole, estimators, removals)


def people(count: int) -> Iterator[TargetTracklet]:
    """Tracklets of one made-up crop each, of one camera."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        coarse = rng.integers(0, rng.integers(60, 255), (8, 4, 3)) + rng.integers(0, 60)
        picture = Image.fromarray(np.clip(coarse, 0, 255).astype(np.uint8))
        size = (int(rng.integers(30, 60)), int(rng.integers(60, 140)))
        file = io.BytesIO()
        picture.resize(size, Image.Resampling.BICUBIC).save(
            file, "JPEG", quality=int(rng.integers(50, 95))
        )
        with Image.open(file) as image:
            table = np.reshape(image.quantization[0], (8, 8))
            yield TargetTracklet("", [Crop(np.array(image), size, table)], 1)


def numbers_of(statistics: TargetStatistics) -> dict[str, float]:
    """Every number of a file by where it stands, with those in base64."""
    found: dict[str, float] = {}

    def walk(value: object, where: str) -> None:
        if isinstance(value, dict):
            for key, of in value.items():
                walk(of, f"{where}/{key}")
        elif isinstance(value, list):
            for place, of in enumerate(value):
                walk(of, f"{where}/{place}")
        elif isinstance(value, int | float) and "/edges/" not in where:
            found[where] = float(value)

    walk(json.loads(encoded(statistics)), "")
    pooled = statistics.pooled
    if pooled.embedding is not None:
        found |= _listed("/embedding", pooled.embedding.vector())
    if pooled.moments is not None:
        found |= _listed("/moments.mean", pooled.moments.vector())
        found |= _listed("/moments.cov", pooled.moments.matrix().ravel())
    return found


def step_of(where: str, value: float, statistics: TargetStatistics) -> float:
    """What the number at a place is rounded to."""
    parts = where.split("/")
    if parts[1] == "floors":
        return max(0.02, 0.02 * abs(value))
    if parts[-1] in ("mean", "within_sd"):
        edges = statistics.pooled.quantities[parts[-2]].edges
        return 0.011 * (edges[-1] - edges[0])
    if parts[-2] in ("counts", "sd") or parts[-1] == "floor":
        quantity = parts[parts.index("quantities") + 1]
        if statistics.pooled.quantities[quantity].how == "regressed+unfolded":
            return SHARE_STEP
    return max((step for name, step in STEPS.items() if name in parts), default=0.0)


def _of_files(root: Path) -> Iterator[Check]:
    """Measures a folder with telling names in a home of its own: what is written, and where."""
    data, home = root / "data", root / "home"
    home.mkdir(parents=True)
    for number, tracklet in enumerate(people(60)):
        folder = data / f"frauke{number}" / f"lobby-{number % 2}" / f"20240131-{number}"
        folder.mkdir(parents=True)
        Image.fromarray(tracklet.crops[0].pixels).save(folder / "IMG_0.jpg")
    before = os.getcwd()
    said = io.StringIO()
    with patch.dict(os.environ, {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}):
        os.chdir(home)
        try:
            with redirect_stderr(said):
                result = CliRunner().invoke(app, ["target", "measure", str(data)])
        finally:
            os.chdir(before)
    left = sorted(path.name for path in home.rglob("*") if path.is_file())
    text = (home / "target.json").read_text() + result.output + said.getvalue()
    told = [name for name in (*TELLING, str(data)) if name in text]
    yield Check(
        "the file and what is said hold no names, paths or times", ", ".join(told) or "none",
        not told,
    )  # fmt: skip
    yield Check("nothing else is left behind", ", ".join(left), left == ["target.json"])
    size = (home / "target.json").stat().st_size
    read(home / "target.json")
    yield Check("a file is smaller than 200 KB", f"{size / 1000:.0f} KB", size < 200_000)


def _floors(statistics: TargetStatistics) -> Check:
    """Shares are by the sum of all bins as raised, so the floor is what five tracklets are."""
    least = min(
        5 * count / found.floor
        for held in (*statistics.cameras, statistics.pooled)
        for found in held.quantities.values()
        for count in found.counts
    )
    return Check("no bin tells of fewer than 5 tracklets", f"least {least:.2f}", least >= 4.99)


def removal(
    numbers: Measured, whole: TargetStatistics, estimators: Estimators | None, removals: int
) -> Check:
    """Takes out one tracklet after another; the farthest that a number moves, over what it may."""
    before, worst, place = numbers_of(whole), 0.0, ""
    rng = np.random.default_rng(1)
    for out in rng.choice(TRACKLETS, removals, replace=False):
        fewer = summarise(
            _part(numbers, np.delete(np.arange(TRACKLETS), out)), "images", estimators
        )
        after = numbers_of(fewer)
        for where in before.keys() & after.keys():
            allowed = step_of(where, before[where], whole) + 1 / TRACKLETS + 1e-9
            share = abs(after[where] - before[where]) / allowed
            if share > worst:
                worst, place = share, where
    demand = "one of 1,000 tracklets less moves no number by more than 1/n and its step"
    return Check(demand, f"at most {worst:.2f} of it ({place})", worst <= 1)


def _part(numbers: Measured, rows: Sequence[int] | np.ndarray | range) -> Measured:
    """The numbers of some tracklets."""
    lists = {
        held.name: [getattr(numbers, held.name)[row] for row in rows]
        for held in fields(numbers)
        if isinstance(getattr(numbers, held.name), list) and getattr(numbers, held.name)
    }
    halves = {half: [parts[row] for row in rows] for half, parts in numbers.halves.items()}
    return replace(numbers, **lists, halves=halves)


def _listed(where: str, values: np.ndarray) -> dict[str, float]:
    return {f"{where}/{place}": float(value) for place, value in enumerate(values)}


def _said(statistics: TargetStatistics) -> str:
    return "none" if statistics.pooled.embedding is None else "there"
