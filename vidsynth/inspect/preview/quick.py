"""A first look at a config: a few of its people in a few of its cameras, under every weather."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from vidsynth.config import TrackletConfig
from vidsynth.errors import ConfigError
from vidsynth.inspect.preview.sheet import CAPTION, CELL, GAP, INK, PAPER, fit, write_sheet
from vidsynth.planning.dealing import ShotOutline
from vidsynth.planning.scenery import draw_panorama
from vidsynth.planning.shot import Shot
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.shoot import Renderer, Storage, shoot

_TOP = 22


@dataclass(frozen=True)
class FirstLook:
    """What a preview shows: one frame of a few people in a few cameras of ``site``, once for each
    weather, hours in turn; indoors once. ``plan`` has one shot, of all of them."""

    plan: TrackletPlan
    site: str

    @cached_property
    def shots(self) -> tuple[Shot, ...]:
        """A shot for each weather."""
        config, first = self.plan.config, self.plan.shot(0)
        if first.place.indoor:
            return (replace(first, weather=config.weathers.names[0], hour=config.hours.names[0]),)
        shots = []
        hours = config.hours.names
        for k, weather in enumerate(config.weathers.names):
            hour = hours[k % len(hours)]
            sky = draw_panorama(config.sky, first.sky, hour, weather)
            shots.append(replace(first, index=k, weather=weather, hour=hour, panorama=sky))
        return tuple(shots)

    @property
    def crops(self) -> int:
        """Crops if none is filtered out."""
        return self.plan.crops * len(self.shots)


def first_look(config: TrackletConfig, site: str | None, people: int, views: int) -> FirstLook:
    """A preview at ``site``, by default the first outdoors, of so many people in so many cameras.

    Raises ConfigError.
    """
    wanted = config.model_copy(
        update={
            "frames": 1,
            "boxes": config.boxes.model_copy(update={"min_frames": 1}),
            "output": config.output.model_copy(update={"format": "mars"}),
        }
    )
    whole = TrackletPlan(wanted)
    whole.check()
    if site is not None and site not in whole.network.sites:
        raise ConfigError(f"Expected --site among {', '.join(whole.network.sites)}, found {site}.")
    outdoors = [name for name in whole.network.sites if not whole.site(name).indoor]
    chosen = site or (outdoors or list(whole.network.sites))[0]
    cameras = whole.network.ids_at(chosen)[:views]
    shown = tuple(whole.population.person_ids)[:people]
    return FirstLook(replace(whole, dealt=(ShotOutline(0, 0, chosen, cameras, shown, 0),)), chosen)


def render_preview(
    look: FirstLook, renderer: Renderer, out_png: Path, on_crop: Callable[[], None]
) -> int:
    """Renders the shots and writes a PNG: a row for each person, a block of cameras for each
    weather. Returns how many crops it shows; filters of the config drop some."""
    shown: dict[tuple[int, int, int], Image.Image] = {}
    storage = Storage("mars", look.plan.config.boxes, digits=look.plan.network.digits)
    with tempfile.TemporaryDirectory(prefix="vidsynth-") as folder:
        for shot in look.shots:
            room = Path(folder) / str(shot.index)
            shoot(shot, storage, renderer, room, on_crop)
            for record in _records(room):
                key = (record["person_id"], shot.index, record["camera_id"])
                with Image.open(room / record["file"]) as image:
                    shown[key] = image.convert("RGB")
    sheet = _draw(look, shown)
    write_sheet(sheet, out_png)
    return len(shown)


@contextmanager
def blender_silent() -> Iterator[None]:
    """What Blender's own code prints to standard output is not shown."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _records(room: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = []
    for table in sorted((room / "crops").glob("*.parquet")):
        rows += pq.read_table(table, columns=["person_id", "camera_id", "file"]).to_pylist()
    return rows


def _draw(look: FirstLook, shown: dict[tuple[int, int, int], Image.Image]) -> Image.Image:
    cameras, people = look.plan.outlines[0].camera_ids, look.plan.outlines[0].person_ids
    block = len(cameras) * (CELL[0] + GAP) + 2 * GAP
    sheet = Image.new(
        "RGB",
        (GAP + block * len(look.shots), _TOP + CAPTION + len(people) * (CELL[1] + GAP)),
        PAPER,
    )
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=11)
    for index, shot in enumerate(look.shots):
        sky = "" if shot.place.indoor else f", {shot.weather}, {shot.hour}"
        left = GAP + index * block
        draw.text((left, 4), f"{look.site}{sky}", fill=INK, font=font)
        for column, camera_id in enumerate(cameras):
            x = left + column * (CELL[0] + GAP)
            draw.text((x, _TOP - 2), f"camera {camera_id}", fill=INK, font=font)
            for row, person_id in enumerate(people):
                image = shown.get((person_id, index, camera_id))
                if image is not None:
                    image = fit(image)
                    y = _TOP + CAPTION + row * (CELL[1] + GAP)
                    sheet.paste(
                        image, (x + (CELL[0] - image.width) // 2, y + CELL[1] - image.height)
                    )
    return sheet
