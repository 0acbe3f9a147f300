"""Writes the report: counts, samples, people, viewpoints, occlusion, places and cameras."""

from __future__ import annotations

import base64
import io
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from vidsynth.files import write_text
from vidsynth.inspect.preview import crops
from vidsynth.inspect.preview.damage import damage_named
from vidsynth.inspect.preview.sheet import contact_sheet
from vidsynth.inspect.report import charts
from vidsynth.inspect.report.tables import Tables, counted, read
from vidsynth.people.attributes import PREFIX

MARK = ": a rendered data set</title>"
"""In every page."""
_GROUPS = 4
_MEMBERS = 8
_THUMB = (96, 192)
_OF_LOOK_ALIKES = ["person_id", "look_alike_group", "look_alike_regions"]


def write_report(root: Path, output: Path, rows: int = 10) -> None:
    """Writes the page on the data set at ``root``, with ``rows`` identities on its contact sheet.

    Raises OutputError where there is no finished set, or its files are damaged."""
    with damage_named(root):
        page = _page(root, rows)
    write_text(output, page)


def _page(root: Path, rows: int) -> str:
    tables = read(root)
    environment = Environment(
        loader=PackageLoader("vidsynth.inspect.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
    )
    config, unit = tables.description["config"], _unit(tables)
    return environment.get_template("page.html.j2").render(
        title=root.resolve().name,
        tiles=_tiles(tables),
        sheet=_sheet(root, rows),
        groups=_look_alikes(tables),
        share=config.get("people", {}).get("lookalike_share", 0),
        attributes=[charts.bars(*entry) for entry in _attributes(tables)],
        views=_views(tables),
        hidden=_hidden(tables),
        light=charts.grid(f"{unit} by hour and weather", _skies(tables)),
        places=charts.bars(f"{unit} by site", counted(tables.tracklets["site"])),
        maps=_maps(tables),
        config=yaml.safe_dump(config, sort_keys=False),
        software=tables.description["software"],
        licence=tables.description["licence"],
    )


def _tiles(tables: Tables) -> list[tuple[str, str]]:
    named = tables.tracklets.filter(pc.field("split") != "distractor")
    identities, everybody = (len(rows["person_id"].unique()) for rows in (named, tables.tracklets))
    return [
        ("identities", f"{identities:,}"),
        ("distractors", f"{everybody - identities:,}"),
        *([("tracklets", f"{len(tables.tracklets):,}")] if _unit(tables) == "tracklets" else []),
        ("crops", f"{len(tables.crops):,}"),
        ("cameras", f"{len(tables.cameras):,}"),
        ("queries", f"{pc.sum(tables.tracklets['query']).as_py() or 0:,}"),
    ]


def _skies(tables: Tables) -> dict[tuple[str, str], int]:
    names = ["hour", "weather"]
    rows = tables.tracklets.group_by(names).aggregate([([], "count_all")]).to_pylist()
    return {(row["hour"], row["weather"]): row["count_all"] for row in rows}


def _unit(tables: Tables) -> str:
    return str(tables.description["kind"])


def _attributes(tables: Tables) -> list[tuple[str, dict[str, int]]]:
    """Attributes in words, of each person in each outfit, that are not the same for everybody."""
    names = [name for name in tables.persons.column_names if name.startswith(PREFIX)]
    found = [
        (name.removeprefix(PREFIX).replace("_", " "), counted(tables.persons[name]))
        for name in names
    ]
    return [(name, words) for name, words in found if len(words) > 1]


def _views(tables: Tables) -> list[str]:
    column = {name: tables.crops[name].to_numpy() for name in ("azimuth", "depression", "distance")}
    boxes = np.stack(tables.crops["body_box"].to_numpy(zero_copy_only=False))
    return [
        charts.rose("azimuth", column["azimuth"]),
        charts.histogram("depression", column["depression"], "degrees below the horizon"),
        charts.histogram("distance", column["distance"], "metres"),
        charts.histogram("height in the frame", boxes[:, 3] - boxes[:, 1], "pixels"),
    ]


def _hidden(tables: Tables) -> list[str]:
    return [
        charts.histogram("visibility", tables.crops["visibility"].to_numpy(), "share of the body"),
        charts.histogram("truncation", tables.crops["truncation"].to_numpy(), "share of the box"),
        charts.histogram("brightness", tables.crops["brightness"].to_numpy(), "0 to 255"),
    ]


def _maps(tables: Tables) -> list[str]:
    sites: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for camera in tables.cameras:
        if "position" in camera:  # a virtual camera of still images has none of its own
            sites[camera["site"]].append(camera)
    return [charts.camera_map(site, members, tables.feet) for site, members in sites.items()]


def _look_alikes(tables: Tables) -> list[list[dict[str, str]]]:
    """Of some groups of look-alikes, a crop of each member and where it differs from the first."""
    members: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in tables.persons.select(_OF_LOOK_ALIKES).to_pylist():
        members[row["look_alike_group"]].setdefault(row["person_id"], row)
    several = [group for group in members.values() if len(group) > 1][:_GROUPS]
    asked = [person_id for group in several for person_id in group]
    rows = tables.tracklets.filter(pc.field("person_id").isin(asked)).to_pylist()
    shown = {row["person_id"]: row for row in reversed(rows)}
    groups = []
    for group in several:
        seen = [row for person_id, row in sorted(group.items()) if person_id in shown]
        groups.append(
            [
                {
                    "picture": _embedded(_middle(tables.root, shown[row["person_id"]])),
                    "name": f"{row['person_id']:04d}",
                    "regions": row["look_alike_regions"].replace(",", ", ") or "the first",
                }
                for row in seen[:_MEMBERS]
            ]
        )
    return groups


def _middle(root: Path, tracklet: dict[str, Any]) -> Image.Image:
    records = [tracklet] if "file" in tracklet else crops.of_tracklet(root, tracklet)
    image = crops.read(root, records[len(records) // 2])
    image.thumbnail(_THUMB, Image.Resampling.LANCZOS)
    return image


def _sheet(root: Path, rows: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.png"
        contact_sheet(root, path, rows=rows, columns=10)
        with Image.open(path) as image:
            return _embedded(image)


def _embedded(image: Image.Image) -> str:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
