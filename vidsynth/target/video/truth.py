"""Tracklets of a rendered set as a target's, and what is true of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vidsynth.target.crops import LazyCrops, TargetTracklet
from vidsynth.target.video.course import circular_median
from vidsynth.target.video.gait import phase_coverage
from vidsynth.target.video.runs import MUCH, hidden_by_others, runs

_COLUMNS = (
    "tracklet", "file", "camera_id", "shot", "frame", "box", "visibility", "truncation", "azimuth",
    "distance", "speed", "phase",
)  # fmt: skip


def rendered_tracklets(
    root: Path, boxed: bool = True
) -> Iterator[tuple[TargetTracklet, dict[str, float]]]:
    """The tracklets of a set of images that `render-tracklets` wrote to ``root``, each with its
    truth by the names of `QUANTITIES`.

    ``boxed``: with boxes and those of others, as a tracker has them; else with crops alone.
    """
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq
    from reid_datasets.frames import ImageFiles

    crops: dict[str, list[dict[str, Any]]] = defaultdict(list)
    together: dict[tuple[int, int, int], list[list[int]]] = defaultdict(list)
    for row in (
        ds.dataset(sorted((root / "crops").glob("*.parquet")))
        .to_table(columns=list(_COLUMNS))
        .to_pylist()
    ):
        crops[row["tracklet"]].append(row)
        together[_moment(row)].append(row["box"])
    cameras = json.loads((root / "cameras.json").read_text())
    sizes = {camera["camera_id"]: (camera["width"], camera["height"]) for camera in cameras}
    jitter = json.loads((root / "dataset.json").read_text())["config"]["boxes"]["jitter"]
    for said in pq.read_table(root / "tracklets.parquet").to_pylist():
        rows = sorted(crops[said["tracklet"]], key=lambda row: row["frame"])
        files = ImageFiles(root, tuple(row["file"] for row in rows))
        boxes = np.array([row["box"] for row in rows], float)
        others = (np.array(together[_moment(row)], float) for row in rows)
        tracklet = TargetTracklet(
            camera=str(said["camera_id"]),
            crops=LazyCrops(files, tuple(range(len(rows)))),
            length=len(rows),
            numbers=tuple(row["frame"] for row in rows),
            fps=said["fps"],
            boxes=boxes if boxed else None,
            frame_size=sizes[said["camera_id"]] if boxed else None,
            hidden=np.array([hidden_by_others(*of) for of in zip(boxes, others, strict=True)])
            if boxed
            else None,
        )
        yield tracklet, {**_truth(rows, said), "box_jitter": float(jitter)}


def _moment(row: Mapping[str, Any]) -> tuple[int, int, int]:
    return row["camera_id"], row["shot"], row["frame"]


def _truth(rows: list[dict[str, Any]], said: Mapping[str, Any]) -> dict[str, float]:
    times = np.array([row["frame"] for row in rows]) / said["fps"]
    cut, seen = (np.array([row[name] for row in rows]) for name in ("truncation", "visibility"))
    found = {
        "log_frames": float(np.log(len(rows))),
        "fps": float(said["fps"]),
        "standing": float(said["motion"] == "stand"),
        "speed": float(np.mean([row["speed"] for row in rows])),
        "heading": circular_median(np.array([row["azimuth"] for row in rows])),
        "truncated_share": runs(cut > MUCH).share,
        "occluded_share": runs((1 - seen) - cut > MUCH).share,
    }
    if len(rows) > 1:
        distance = np.log([row["distance"] for row in rows])
        found["approach_rate"] = -float(np.polyfit(times, distance, 1)[0])
        if said["motion"] in ("walk", "run"):
            cycles = np.unwrap([row["phase"] for row in rows], period=1)
            found["gait_frequency"] = 2 * float(np.polyfit(times, cycles, 1)[0])
            found["phase_coverage"] = phase_coverage(cycles)
    return found
