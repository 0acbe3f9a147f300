"""Finds and reads crops of a rendered data set in any format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from vidsynth.errors import OutputError, PictureError
from vidsynth.formats import mp4, webdataset
from vidsynth.user_files.pictures import read_rgb

_WHERE = ["tracklet", "file", "position", "frame", "offset", "size", "box"]


def of_tracklet(root: Path, tracklet: dict[str, Any]) -> list[dict[str, Any]]:
    """Where the crops of a tracklet are, in time order. Raises OutputError."""
    table = root / f"crops/{tracklet['shot']:06d}.parquet"
    try:
        whole = "ignored" in pq.read_schema(table).names
        mine = [("tracklet", "=", tracklet["tracklet"])]
        mine += [("ignored", "=", False)] if whole else []
        rows = pq.read_table(table, columns=_WHERE, filters=mine)
    except (OSError, pa.ArrowException) as error:
        raise OutputError(
            f"Cannot read {table}: {error}. Delete it and give the command that rendered the set "
            "again, which renders that shot anew."
        ) from None
    found = [row | {"whole": whole} for row in rows.to_pylist()]
    return sorted(found, key=lambda row: row["position"])


def read(root: Path, crop: dict[str, Any]) -> Image.Image:
    """The pixels, RGB; of whole frames, those in the crop's box. Raises OutputError naming a file
    that is missing or damaged."""
    file = root / crop["file"]
    part = crop["box"] if crop.get("whole") else None
    try:
        if file.suffix == ".mp4":
            return mp4.read_frame(file, crop["frame" if part else "position"]).crop(part)
        if file.suffix == ".tar":
            return webdataset.read_frame(file, crop["offset"], crop["size"]).convert("RGB")
        return read_rgb(file).crop(part)
    except (OSError, ValueError, PictureError) as error:  # PyAV's errors are one or the other
        raise OutputError(
            f"Cannot read {file}: {error}. The set has damaged images; "
            "uda check-data synthetic --root DIR lists them."
        ) from None
