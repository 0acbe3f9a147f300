"""The attributes of rendered images that AOST chooses among, and the grid of their combinations.

FineGPR's are the view, the place, the hour and the weather; what people wear says how much clothes
matter, but is not chosen: every identity stays.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.people.attributes import FINEGPR, as_finegpr

VIEWS = 36
"""Bins of 10 degrees about a multiple of 10, as FineGPR's cameras stand."""
ENVIRONMENT = ("view", "site", "hour", "weather")
_COLUMNS = ("file", "person_id", "clothes_id", "azimuth", "site", "hour", "weather", "lamps")
_ROOMS = ("indoor", "picture")
"""What stands for the hour where there is none."""


@dataclass(frozen=True)
class Images:
    """The training images of a rendered set.

    ``files`` under ``root``; ``persons`` (N,) their people; ``environment`` and ``wearing`` values
    (N,) by attribute, as text; ``rows`` their whole rows in the set's tables.
    """

    root: Path
    files: tuple[str, ...]
    persons: np.ndarray
    environment: Mapping[str, np.ndarray]
    wearing: Mapping[str, np.ndarray]
    rows: Any

    def __len__(self) -> int:
        return len(self.files)

    def pixels(self, numbers: np.ndarray) -> list[np.ndarray]:
        """Some of the images, uint8 (H, W, 3) each. Raises TargetError for a damaged one."""
        from reid_datasets.errors import DatasetError
        from reid_datasets.pictures import read_image

        try:
            read = [read_image(self.root / self.files[number]) for number in numbers]
        except DatasetError as error:
            raise TargetError(str(error)) from None
        return [pixels.permute(1, 2, 0).numpy() for pixels in read]


@dataclass(frozen=True)
class Grid:
    """Every combination of the environment's values, ``values`` by attribute, that there can be.

    ``rooms`` are sites that have lamps (or a photograph) in place of hours and weathers.
    """

    values: Mapping[str, tuple[str, ...]]
    rooms: frozenset[str] = frozenset()

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each attribute has."""
        return tuple(len(values) for values in self.values.values())

    @cached_property
    def cells(self) -> np.ndarray:
        """All combinations ``(K, A)`` of values' numbers, the last attribute fastest."""
        return np.array(list(itertools.product(*(range(size) for size in self.shape))))

    @cached_property
    def possible(self) -> np.ndarray:
        """Which combinations there can be ``(K,)``: rooms have their lamps, other sites the sky."""
        if not {"site", "hour", "weather"} <= self.values.keys():
            return np.ones(len(self.cells), bool)
        names = list(self.values)
        site, hour, weather = (names.index(name) for name in ("site", "hour", "weather"))
        inside = np.isin(self.values["site"], sorted(self.rooms))[self.cells[:, site]]
        still = np.isin(self.values["hour"], _ROOMS)[self.cells[:, hour]]
        lamps = np.array([is_room(w) for w in self.values["weather"]])[self.cells[:, weather]]
        return np.asarray((inside == still) & (inside == lamps))

    def codes(self, environment: Mapping[str, np.ndarray]) -> np.ndarray:
        """The values' numbers ``(N, A)`` of images."""
        found = np.zeros((len(next(iter(environment.values()))), len(self.values)), int)
        for column, (name, values) in enumerate(self.values.items()):
            numbers = {value: number for number, value in enumerate(values)}
            found[:, column] = [numbers[value] for value in environment[name]]
        return found

    def numbers(self, codes: np.ndarray) -> np.ndarray:
        """The combinations' places ``(N,)`` among `cells`."""
        return np.ravel_multi_index(tuple(codes.T), self.shape)

    def words(self, cell: np.ndarray) -> dict[str, str]:
        """A combination ``(A,)`` in words."""
        return {
            name: values[number]
            for (name, values), number in zip(self.values.items(), cell, strict=True)
        }


def is_room(weather: str) -> bool:
    """Whether a word stands for a room's lamps, or a photograph, in place of the weather."""
    return weather in _ROOMS or weather.startswith("lamps ")


def grid_of(images: Images) -> Grid:
    """The grid of the values that occur."""
    seen = {
        name: tuple(sorted(set(values.tolist()), key=_order))
        for name, values in images.environment.items()
    }
    inside = np.isin(images.environment["hour"], _ROOMS)
    return Grid(seen, frozenset(images.environment["site"][inside].tolist()))


def read_images(root: Path) -> Images:
    """The training images of a set that `vidsynth render-images` wrote. Raises TargetError."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        rows = pq.read_table(root / "crops")
        people = pq.read_table(root / "persons.parquet").to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise TargetError(
            f"Expected a set of still images at {root}, as `vidsynth render-images` writes it, "
            f"but its tables cannot be read ({str(error).splitlines()[0]}). Name the folder of a "
            "finished set."
        ) from None
    missing = [name for name in (*_COLUMNS, "split") if name not in rows.column_names]
    if missing:
        raise TargetError(
            f"Expected still images at {root}, with the columns {', '.join(missing)} in crops/, "
            "found none: sets of tracklets have no view or place for each crop. Render some with "
            "`vidsynth render-images --config configs/synth/finegpr-like.yaml`."
        )
    rows = rows.filter(pc.equal(rows["split"], "train")).sort_by("file")
    if not len(rows):
        raise TargetError(
            f"Expected training images at {root}, found none: render with test_share=0."
        )
    table = rows.select(_COLUMNS).to_pydict()
    worn = {row["clothes_id"]: as_finegpr(row) for row in people}
    return Images(
        root,
        tuple(table["file"]),
        np.array(table["person_id"]),
        {
            "view": np.array([str(view(azimuth)) for azimuth in table["azimuth"]]),
            "site": np.array(table["site"]),
            "hour": np.array(table["hour"]),
            "weather": np.array(
                [
                    f"lamps {lamps}" if lamps else weather
                    for weather, lamps in zip(table["weather"], table["lamps"], strict=True)
                ]
            ),
        },
        {name: np.array([worn[c][name] for c in table["clothes_id"]]) for name in FINEGPR},
        rows,
    )


def view(azimuth: float) -> int:
    """The middle of the bin that an azimuth in degrees lies in: a multiple of 10."""
    width = 360 / VIEWS
    return round(round(azimuth / width) % VIEWS * width)


def _order(value: str) -> tuple[float, str]:
    """Numbers by size, words by letters."""
    return (float(value), "") if value.isdigit() else (float("inf"), value)
