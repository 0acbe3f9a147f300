"""tools/moving_picture.py: cameras side by side, at one moment."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

TOOL = Path(__file__).resolve().parents[2] / "tools" / "moving_picture.py"


def test_cameras_stand_side_by_side_and_a_missing_crop_shows_the_last(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("moving_picture", TOOL)
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    tracklets = [
        ("b", 2, 1, "park"),
        ("a", 1, 1, "park"),
        ("x", 1, 2, "park"),
        ("y", 1, 1, "street"),
    ]
    names = ["tracklet", "camera_id", "person_id", "site"]
    rows = [dict(zip(names, row, strict=True)) for row in tracklets]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "tracklets.parquet")
    crops = []
    for tracklet, frames in {"a": (0, 1, 2), "b": (1, 3), "x": (0,), "y": (0,)}.items():
        for frame in frames:
            file = f"{tracklet}{frame}.png"
            colour = (40 * frame, 200 if tracklet == "a" else 0, 0)
            Image.new("RGB", (8, 16), colour).save(tmp_path / file)
            crops.append({"tracklet": tracklet, "file": file, "frame": frame})
    (tmp_path / "crops").mkdir()
    pq.write_table(pa.Table.from_pylist(crops), tmp_path / "crops/0.parquet")
    made = tool.pictures(tmp_path, [(1, "park")])
    assert len(made) == 4
    width, height = tool.PANEL
    assert made[0].size == (2 * width + tool.GAP, height)
    seen = [
        [int(np.asarray(p)[5, column, 0]) // 40 for p in made]
        for column in (5, width + tool.GAP + 5)
    ]
    assert seen == [[0, 1, 2, 2], [1, 1, 1, 3]]
    assert np.asarray(made[0])[5, 5, 1] == 200
