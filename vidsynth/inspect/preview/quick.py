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
from vidsynth.inspect.preview.sheet import CAPTION, CELL, GAP, INK, PAPER, fit
from vidsynth.planning.dealing import Slot
from vidsynth.planning.scenery import draw_panorama
from vidsynth.planning.shot import Shot
from vidsynth.planning.tracklets import Track, TrackletPlan
from vidsynth.run.shoot import Renderer, shoot

_TOP = 22


@dataclass(frozen=True)
class Glimpse(TrackletPlan):
    """The plan of a preview: one frame of the same people in the same cameras, once for each
    weather, hours in turn. ``place_name`` is a site of the config."""

    place_name: str
    people: int
    views: int

    @cached_property
    def skies(self) -> tuple[tuple[str, str], ...]:
        """(weather, hour) of each shot; indoors there is one."""
        config = self.config
        if self.site(self.place_name).indoor:
            return ((config.weathers.names[0], config.hours.names[0]),)
        hours = config.hours.names
        return tuple(
            (weather, hours[k % len(hours)]) for k, weather in enumerate(config.weathers.names)
        )

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        cameras = self.network.ids_at(self.place_name)[: self.views]
        people = tuple(self.population.person_ids)[: self.people]
        return tuple(
            Slot(k, 0, self.place_name, cameras, people, 0) for k in range(len(self.skies))
        )

    @cached_property
    def _first(self) -> Shot:
        return super().shot(0)

    def shot(self, index: int) -> Shot:
        config = self.config
        weather, hour = self.skies[index]
        panorama = None
        if not self._first.place.indoor:
            panorama = draw_panorama(config.sky, self._first.sky, hour, weather)
        return replace(self._first, index=index, weather=weather, hour=hour, panorama=panorama)

    def tracks(self, index: int) -> tuple[Track, ...]:
        return super().tracks(0)


def glimpse(config: TrackletConfig, site: str | None, people: int, views: int) -> Glimpse:
    """A preview's plan at ``site``, by default the first outdoors. Raises ConfigError."""
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
    return Glimpse(wanted, chosen, people, views)


def render_preview(
    plan: Glimpse, renderer: Renderer, out_png: Path, on_crop: Callable[[], None]
) -> int:
    """Renders the plan and writes a PNG: a row for each person, a block of cameras for each
    weather. Returns how many crops it shows; filters of the config drop some."""
    shown: dict[tuple[int, int, int], Image.Image] = {}
    with tempfile.TemporaryDirectory(prefix="vidsynth-") as folder:
        for index in range(len(plan.slots)):
            room = Path(folder) / str(index)
            shoot(plan, index, renderer, room, on_crop)
            for record in _records(room):
                key = (record["person_id"], index, record["camera_id"])
                with Image.open(room / record["file"]) as image:
                    shown[key] = image.convert("RGB")
    sheet = _draw(plan, shown)
    out_png.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(out_png, "PNG")
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


def _draw(plan: Glimpse, shown: dict[tuple[int, int, int], Image.Image]) -> Image.Image:
    cameras, people = plan.slots[0].camera_ids, plan.slots[0].person_ids
    block = len(cameras) * (CELL[0] + GAP) + 2 * GAP
    sheet = Image.new(
        "RGB",
        (GAP + block * len(plan.slots), _TOP + CAPTION + len(people) * (CELL[1] + GAP)),
        PAPER,
    )
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=11)
    indoor = plan.site(plan.place_name).indoor
    for index, (weather, hour) in enumerate(plan.skies):
        sky = "" if indoor else f", {weather}, {hour}"
        left = GAP + index * block
        draw.text((left, 4), f"{plan.place_name}{sky}", fill=INK, font=font)
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
