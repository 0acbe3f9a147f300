"""The moving picture on the README's first screen: two people, four cameras each, at one moment.

uv run tools/moving_picture.py
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pyarrow.dataset as ds
import typer
from PIL import Image

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "walking.webp"
SETTINGS = {
    "seed": 5, "identities": 6, "people_per_shot": 2, "frames": 20, "fps": 8.0, "test_share": 0,
    "cameras": 8, "cameras_per_shot": 4, "sites": ["street", "park"],
    "hours": ["forenoon", "afternoon", "dusk"], "weathers": ["sunny", "clouds"],
    "boxes": {"max_truncation": 0.1},
}  # fmt: skip
SHOWN = ((1, "park"), (5, "park"))
"""Person, and the site of a shot."""
PANEL, GAP = (104, 208), 4
PAPER = (250, 250, 248)


def main(
    data: Annotated[
        Path | None, typer.Option(help="Where the set is, or will be; else it is thrown away.")
    ] = None,
    output: Annotated[Path, typer.Option(help="WebP file to write.")] = PICTURE,
) -> None:
    """Render six people, minutes on two cores, and show two of them."""
    from vidsynth.run.job import render
    from vidsynth.settings import load_config

    with tempfile.TemporaryDirectory(prefix="moving-") as folder:
        root = data or Path(folder) / "set"
        if not (root / "info").exists():
            render(load_config(**SETTINGS), root)
        frames = pictures(root)
    frames[0].save(
        output, save_all=True, append_images=frames[1:], duration=125, loop=0, quality=60, method=6
    )
    print(f"wrote {output}: {len(frames)} frames, {output.stat().st_size / 1024:.0f} KiB")


def pictures(root: Path, shown: Sequence[tuple[int, str]] = SHOWN) -> list[Image.Image]:
    """One picture for each moment, a panel for each camera: what all cameras see of a person at
    once is side by side, and a crop that is missing shows the one before it."""
    strips = [strip for person, site in shown for strip in _cameras(root, person, site)]
    moments = sorted(set().union(*strips))
    size = (len(strips) * (PANEL[0] + GAP) - GAP, PANEL[1])
    made = []
    for moment in moments:
        picture = Image.new("RGB", size, PAPER)
        for column, strip in enumerate(strips):
            last = max((frame for frame in strip if frame <= moment), default=min(strip))
            crop = (
                Image.open(root / strip[last])
                .convert("RGB")
                .resize(PANEL, Image.Resampling.LANCZOS)
            )
            picture.paste(crop, (column * (PANEL[0] + GAP), 0))
        made.append(picture)
    return made


def _cameras(root: Path, person: int, site: str) -> list[dict[int, str]]:
    """Files of a person's tracklets at a site by frame of the shot, camera by camera."""
    table = ds.dataset(root / "tracklets.parquet").to_table(
        ["tracklet", "camera_id"],
        filter=(ds.field("person_id") == person) & (ds.field("site") == site),
    )
    crops = ds.dataset(root / "crops").to_table(["tracklet", "file", "frame"]).to_pylist()
    rows = sorted(table.to_pylist(), key=lambda row: row["camera_id"])
    return [
        {crop["frame"]: crop["file"] for crop in crops if crop["tracklet"] == row["tracklet"]}
        for row in rows
    ]


if __name__ == "__main__":
    typer.run(main)
