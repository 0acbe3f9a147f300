"""Miniature sets of shards, packed by vidsynth's own writer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import simplejpeg

from vidsynth.formats.webdataset import pack
from vidsynth.labels.crops import CROPS
from vidsynth.labels.tracklets import TRACKLETS

Sight = tuple[int, int, int]
"""Shot, person and camera of a tracklet."""


def walks(people: int, cameras: int = 2, sightings: int = 2, together: int = 4) -> list[Sight]:
    """People in groups of ``together``, each group in a shot at ``sightings`` sites, before all of
    a site's ``cameras``: what vidsynth's plans give, less the crowds that change."""
    sights = []
    for group, first in enumerate(range(0, people, together)):
        for sighting in range(sightings):
            site = (group + sighting) % sightings
            for person in range(first, min(first + together, people)):
                for camera in range(site * cameras, (site + 1) * cameras):
                    sights.append((group * sightings + sighting, person + 1, camera + 1))
    return sights


def write_shards(root: Path, sights: Sequence[Sight], frames: int = 3, held_out: int = 1) -> Path:
    """A finished set with those training tracklets and ``held_out`` people to test on."""
    rng = np.random.default_rng(0)
    shots: dict[int, list[tuple[int, int, str]]] = {}
    for shot, person, camera in sights:
        shots.setdefault(shot, []).append((person, camera, "train"))
    last = max(person for _, person, _ in sights)
    for person in range(last + 1, last + 1 + held_out):
        shots.setdefault(0, []).append((person, 1, "test"))
    (root / "crops").mkdir(parents=True)
    (root / "shards").mkdir()
    rows, counts = [], dict[tuple[int, int], int]()
    for shot, seen in sorted(shots.items()):
        room = root / f"room-{shot}"
        room.mkdir()
        tracklets, crops = [], []
        for person, camera, split in seen:
            counts[person, camera] = counts.get((person, camera), 0) + 1
            name = f"{person:04d}C{camera}T{counts[person, camera]:04d}"
            tracklets.append(_tracklet(name, person, camera, shot, split, frames))
            crops.append([_crop(room, name, position, rng) for position in range(frames)])
        pack(room, shot, tracklets, crops)
        for shard in (room / "shards").iterdir():
            shard.rename(root / "shards" / shard.name)
        (room / "shards").rmdir()
        room.rmdir()
        for tracklet, records in zip(tracklets, crops, strict=True):
            rows.append({**tracklet, "path": records[0]["file"], "frames": frames, "query": False})
        rows_of_shot = [record for records in crops for record in records]
        table = pa.Table.from_pylist(rows_of_shot, CROPS.schema)
        pq.write_table(table, root / f"crops/{shot:06d}.parquet")
    rows.sort(key=lambda row: row["tracklet"])
    pq.write_table(pa.Table.from_pylist(rows, TRACKLETS.schema), root / "tracklets.parquet")
    (root / "dataset.json").write_text(json.dumps({"layout": "webdataset"}))
    return root


def _tracklet(
    name: str, person: int, camera: int, shot: int, split: str, frames: int
) -> dict[str, Any]:
    return {
        "tracklet": name,
        "person_id": person,
        "label_id": person,
        "split": split,
        "clothes_id": 10 * person + shot % 2,
        "camera_id": camera,
        "shot": shot,
        "start_time": 3600.0 + shot + 0.125,
        "frames": list(range(frames)),
    }


def _crop(room: Path, name: str, position: int, rng: np.random.Generator) -> dict[str, Any]:
    file = f"{name}F{position + 1:03d}.jpg"
    colour = rng.integers(0, 256, 3, np.uint8)
    pixels = np.broadcast_to(colour, (16, 8, 3)) + rng.integers(0, 9, (16, 8, 1), np.uint8)
    content = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=90)
    (room / file).write_bytes(content)
    return {"tracklet": name, "file": file, "position": position}
