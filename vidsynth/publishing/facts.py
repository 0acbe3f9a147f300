"""What a finished data set's tables count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from strict_reading import Unreadable, parse_json, read_text
from vidsynth.config import TrackletConfig
from vidsynth.config.images import ImageConfig
from vidsynth.errors import OutputError
from vidsynth.people.attributes import PREFIX
from vidsynth.run.description import read_description
from vidsynth.settings import flatten

Counts = list[tuple[str, int]]
"""How often each value comes up, by its name."""

MATERIAL = {
    "backgrounds": "photographs behind people",
    "textures": "pictures that cloth is made of",
    "assets": "MakeHuman clothes, hair and hats",
    "motions": "motion capture",
    "skies": "panoramas",
    "occluders": "cut-outs in front of people",
}
"""What of other people's files is in pictures, by its key in dataset.json."""
NUMBERS = {
    "networks": "camera networks",
    "joint_maps": "joint maps",
    "tables": "tables that settings were drawn from",
}
"""Files that pictures follow without holding any of it."""
MEASURED = ("target", "estimates")
"""What fits to a target call the tables that settings are drawn from."""
LONG = 20
"""Entries of a list of settings beyond which a card only counts them."""
_BODY = ("body_age", "body_stature", "body_bmi")
_TIMES = ("site", "hour", "weather", "camera_id", "motion")


@dataclass(frozen=True)
class Facts:
    """A finished set in numbers.

    description: dataset.json.
    unit: tracklet, or image of a set of still images; ``units`` of them hold ``boxes`` of people.
    pictures: crops, images or whole frames; ``whole`` where they are the latter.
    people: with at least one of them, by split.
    worn: least and most outfits of a person; ``outfits`` of all of them.
    queries: units that are searched for.
    cameras: of cameras.json.
    attributes: of each outfit of each person in persons.parquet, by the attribute's name.
    body: least, mean and largest value, by column of persons.parquet.
    scenes: of units: by site, hour, weather, camera, and of tracklets by motion.
    changed: settings that are not the defaults of this version, by key.
    fitted: what shows that settings were fitted to a target; empty where nothing does.
    """

    description: dict[str, Any]
    unit: str
    units: int
    boxes: int
    pictures: int
    whole: bool
    people: Counts
    outfits: int
    worn: tuple[int, int]
    queries: int
    cameras: int
    attributes: dict[str, Counts]
    body: dict[str, tuple[float, float, float]]
    scenes: dict[str, Counts]
    changed: dict[str, Any]
    fitted: tuple[str, ...]

    @property
    def read_as(self) -> str:
        """What `uda` calls such a set of crops or images."""
        if self.unit == "image":
            return "synthetic-images"
        return "synthetic-cc" if self.worn[1] > 1 else "synthetic"

    def given(self, kinds: dict[str, str]) -> Counts:
        """How many files of those ``kinds`` the set was rendered with, by what they are."""
        named = ((text, self.description.get(key)) for key, text in kinds.items())
        return [(text, len(files)) for text, files in named if isinstance(files, dict) and files]


def read(root: Path) -> Facts:
    """Counts the tables of a finished data set. Raises OutputError: unfinished, damaged or none."""
    if not (root / "dataset.json").exists():
        raise OutputError(
            f"Expected a data set that vidsynth rendered at {root}, found no dataset.json there: "
            f"vidsynth render-tracklets --output {root} renders one."
        )
    description = read_description(root)
    still = description["kind"] == "images"
    needed = ["cameras.json", "persons.parquet", "crops" if still else "tracklets.parquet"]
    missing = [name for name in needed if not (root / name).exists()]
    if missing:
        raise OutputError(
            f"Expected a finished data set at {root}, found no {' and no '.join(missing)} there. "
            "Give the command that rendered it again, or vidsynth gather for slices."
        )
    try:
        cameras = parse_json(read_text(root / "cameras.json"))
        persons = pq.read_table(root / "persons.parquet")
        units = _units(root, still)
        views = root / "views"
        frames = ds.dataset(views, format="parquet").count_rows() if views.is_dir() else None
        fitted = tuple(_fitted(root.resolve(), description))
        return _facts(description, still, cameras, persons, units, frames, fitted)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException, Unreadable) as error:
        raise OutputError(
            f"Cannot read the tables of {root}: {error}. Give the command that rendered the set "
            "again: it renders what is damaged anew."
        ) from None


def _units(root: Path, still: bool) -> pa.Table:
    columns = ["person_id", "split", "query", *_TIMES]
    if not still:
        return pq.read_table(root / "tracklets.parquet", columns=[*columns, "frames"])
    columns.remove("motion")
    return ds.dataset(root / "crops", format="parquet").to_table(columns)


def _facts(
    description: dict[str, Any],
    still: bool,
    cameras: list[Any],
    persons: pa.Table,
    units: pa.Table,
    frames: int | None,
    fitted: tuple[str, ...],
) -> Facts:
    """``frames`` of a set of whole frames."""
    boxes = len(units) if still else int(pc.sum(units["frames"]).as_py() or 0)
    worn = [int(pair["counts"]) for pair in pc.value_counts(persons["person_id"]).to_pylist()]
    seen = units.group_by(["person_id", "split"]).aggregate([])
    words = [name for name in persons.column_names if name.startswith(PREFIX)]
    named = {name.removeprefix(PREFIX).replace("_", " "): name for name in words}
    named = {"sex": "sex", "skin tone": "skin_name", **named}
    return Facts(
        description,
        "image" if still else "tracklet",
        len(units),
        boxes,
        boxes if frames is None else frames,
        frames is not None,
        counted(seen["split"]),
        len(persons),
        (min(worn), max(worn)),
        int(pc.sum(units["query"]).as_py() or 0),
        len(cameras),
        {name: counted(persons[column]) for name, column in named.items()},
        {name.removeprefix("body_"): _range(persons[name]) for name in _BODY},
        {
            name.removesuffix("_id"): counted(units[name])
            for name in _TIMES
            if name in units.column_names
        },
        _changed(description),
        fitted,
    )


def _fitted(root: Path, description: dict[str, Any]) -> Iterator[str]:
    """The config that `--target` left beside a set, and tables of what was measured of a target."""
    beside = root.with_name(f"{root.name}.fitted.yaml")
    if beside.is_file():
        yield beside.name
    tables = description["config"].get("tables") or {}
    yield from (f"tables.{name}" for name in tables if name in MEASURED)


def counted(column: pa.ChunkedArray) -> Counts:
    """Values and how often each comes up, by name."""
    pairs = pc.value_counts(column).to_pylist()
    return sorted((str(pair["values"]), int(pair["counts"])) for pair in pairs)


def _range(column: pa.ChunkedArray) -> tuple[float, float, float]:
    ends = pc.min_max(column).as_py()
    return float(ends["min"]), float(pc.mean(column).as_py()), float(ends["max"])


def _changed(description: dict[str, Any]) -> dict[str, Any]:
    """Settings of the set that differ from the defaults, without paths and without long lists."""
    kind = ImageConfig if description["kind"] == "images" else TrackletConfig
    usual = flatten(kind().model_dump(mode="json"))
    found = flatten(description["config"])
    changed = {key: value for key, value in found.items() if usual.get(key) != value}
    return {key: _in_short(value) for key, value in changed.items()}


def _in_short(value: Any) -> Any:
    if isinstance(value, str) and Path(value).parts[1:]:
        return "given"
    return f"{len(value)} values" if isinstance(value, list) and len(value) > LONG else value
