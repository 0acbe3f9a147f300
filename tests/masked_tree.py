"""A rendered set in miniature: a MARS tree with masks, as vidsynth's tables have them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from pycocotools import mask as coco

from tests.mars_tree import write_mars_tree

RENDERER = "vidsynth.blender.renderer:Renderer"


def write_masked_tree(root: Path, **sizes: Any) -> Path:
    """As `write_mars_tree`; everybody's mask is the picture's middle half."""
    write_mars_tree(root, **sizes)
    rows = []
    for path in sorted(root.glob("bbox_*/*/*.jpg")):
        width, height = Image.open(path).size
        mask = np.zeros((height, width), np.uint8)
        mask[height // 4 : -height // 4, width // 4 : -width // 4] = 1
        counts = coco.encode(np.asfortranarray(mask))["counts"].decode()
        file = path.relative_to(root).as_posix()
        rows.append({"file": file, "box": [7, 5, 7 + width, 5 + height], "mask": counts})
    (root / "crops").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), root / "crops/000000.parquet")
    (root / "shots").mkdir()
    (root / "shots/000000.json").write_text('{"files": {}}')
    (root / "dataset.json").write_text(json.dumps({"layout": "mars", "renderer": RENDERER}))
    return root
