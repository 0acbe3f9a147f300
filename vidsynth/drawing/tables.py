"""Rows of several settings that are drawn together: what was measured together stays together."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from strict_reading import Unreadable, read_text, shown
from vidsynth.drawing import estimates
from vidsynth.drawing.distributions import Number, Scope, check_weights, read_number
from vidsynth.drawing.races import first, keys

MOST_ROWS, MOST_COLUMNS = 100_000, 100
WEIGHT = "weight"
"""The column of a file that holds its rows' weights."""
HELD_OUT = "_"
"""Name of a column that no setting takes; its cells only tell rows apart."""

Cell = float | str


def _cell(value: Any) -> Any:
    """A number or a name, as YAML reads it."""
    try:
        return read_number(value)
    except ValueError:
        if isinstance(value, str):
            return value
        raise ValueError("expected a number or a name") from None


_Written = Annotated[Cell, BeforeValidator(_cell)]


class Rows(BaseModel):
    """Values of ``columns``, row by row, and a weight for each row; ``whole`` rows have cells that
    are held out, too."""

    model_config = ConfigDict(frozen=True)

    columns: tuple[str, ...]
    values: tuple[tuple[Cell, ...], ...]
    weights: tuple[float, ...]
    whole: tuple[tuple[Cell, ...], ...]

    def column(self, name: str) -> list[Cell]:
        """All of its cells."""
        place = self.columns.index(name)
        return [row[place] for row in self.values]

    def shares(self, name: str) -> dict[Cell, float]:
        """How much weight the rows with each value of a column have, of those that can come."""
        found: dict[Cell, float] = {}
        for cell, weight in zip(self.column(name), self.weights, strict=True):
            if weight > 0:
                found[cell] = found.get(cell, 0.0) + weight
        return found

    def span(self, name: str) -> tuple[float, float]:
        """The least and greatest number of a column that can come."""
        found = [cell for cell in self.shares(name) if not isinstance(cell, str)]
        return min(found), max(found)

    def at(self, chance: float) -> dict[str, Cell]:
        """The row for a chance from 0 to 1. Another row changes only who gets it."""
        places, runners, weights = self._runners
        row = self.values[int(places[first(chance, runners, weights)])]
        return dict(zip(self.columns, row, strict=True))

    @cached_property
    def _runners(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        # Equal rows are one, with the weights of all: each value runs once.
        totals: dict[tuple[Cell, ...], float] = {}
        place: dict[tuple[Cell, ...], int] = {}
        for number, (row, weight) in enumerate(zip(self.whole, self.weights, strict=True)):
            if weight > 0:
                totals[row] = totals.get(row, 0.0) + weight
                place.setdefault(row, number)
        runners = keys(",".join(map(repr, row)) for row in totals)
        return np.array(list(place.values())), runners, np.array(list(totals.values()))


class Table(BaseModel):
    """A table of the config: its rows, or the file (CSV, Parquet, JSON) that holds them.

    ``columns`` are names of settings, or `HELD_OUT`; of a file's columns all but ``weight`` where
    they are not given. ``per`` says how often a row is drawn, None: as its settings are.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: tuple[str, ...] | None = Field(None, min_length=1, max_length=MOST_COLUMNS)
    rows: Path | tuple[tuple[_Written, ...], ...]
    weights: tuple[Number, ...] | None = None
    per: Scope | None = None

    @model_validator(mode="before")
    @classmethod
    def _rows_are_few(cls, value: Any) -> Any:
        if not isinstance(value, dict | Table):
            raise ValueError("expected {columns: [...], rows: [[...], ...]} or {rows: FILE}")
        rows = value.get("rows") if isinstance(value, dict) else None
        if isinstance(rows, list | tuple) and not 0 < len(rows) <= MOST_ROWS:
            raise ValueError(f"expected 1 to {MOST_ROWS:,} rows, found {len(rows):,}")
        return value

    @model_validator(mode="after")
    def _rows_fit(self) -> Table:
        if isinstance(self.rows, Path):
            if self.weights is not None:
                raise ValueError(
                    f"weights go with rows written here; in a file they are the column {WEIGHT}"
                )
        elif self.columns is None:
            raise ValueError("expected columns, the settings that the rows hold")
        named = [name for name in self.columns or () if name != HELD_OUT]
        if len(set(named)) < len(named):
            raise ValueError("expected each column once")
        if self.columns is not None and not named:
            raise ValueError(f"expected a column that is a setting beside {HELD_OUT}")
        _ = self.content
        return self

    @cached_property
    def content(self) -> Rows:
        """What is in it. Raises ValueError."""
        if isinstance(self.rows, Path):
            try:
                changed = self.rows.stat().st_mtime_ns
            except (OSError, ValueError):
                changed = 0
            return _read(self.rows, changed, self.columns)
        assert self.columns is not None
        return checked(self.columns, self.rows, self.weights or (1.0,) * len(self.rows), "rows")


def checked(
    columns: tuple[str, ...],
    values: tuple[tuple[Cell, ...], ...],
    weights: tuple[float, ...],
    where: str,
) -> Rows:
    """Rows that can be drawn. Raises ValueError."""
    for number, row in enumerate(values, 1):
        if len(row) != len(columns):
            raise ValueError(
                f"expected {len(columns)} values in row {number} of {where}, one for each "
                f"column, found {len(row)}"
            )
        if not all(isinstance(cell, str) or np.isfinite(cell) for cell in row):
            raise ValueError(f"expected finite numbers in row {number} of {where}")
    if len(weights) != len(values):
        raise ValueError(
            f"expected a weight for each row of {where}, found {len(weights)} for {len(values)}"
        )
    if not all(map(np.isfinite, weights)):
        raise ValueError(f"expected finite weights of {where}")
    check_weights(weights, f"weights of {where}")
    named = [place for place, name in enumerate(columns) if name != HELD_OUT]
    return Rows(
        columns=tuple(columns[place] for place in named),
        values=tuple(tuple(row[place] for place in named) for row in values),
        weights=weights,
        whole=values,
    )


@lru_cache(maxsize=8)
def _read(path: Path, changed: int, columns: tuple[str, ...] | None) -> Rows:
    """The rows of a file as it was at that time."""
    readers = {".csv": _csv, ".parquet": _parquet, ".json": estimates.read}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"expected rows in a .csv, .parquet or .json file, found {path}")
    found = reader(path)
    if WEIGHT in found and not found[WEIGHT]:
        raise ValueError(f"expected rows in {path}, found none")
    wanted = columns or tuple(name for name in found if name != WEIGHT)
    for name in wanted:
        if name not in found:
            raise ValueError(f"expected a column {name} in {path}, found {', '.join(found)}")
    if not wanted or len(wanted) > MOST_COLUMNS:
        raise ValueError(f"expected 1 to {MOST_COLUMNS} columns of settings in {path}")
    values = tuple(zip(*(found[name] for name in wanted), strict=True))
    if not 0 < len(values) <= MOST_ROWS:
        raise ValueError(f"expected 1 to {MOST_ROWS:,} rows in {path}, found {len(values):,}")
    weights = []
    for line, weight in enumerate(found.get(WEIGHT, [1.0] * len(values)), 1):
        if isinstance(weight, str):
            raise ValueError(
                f"expected a number under {WEIGHT} in row {line} of {path}, found {shown(weight)}"
            )
        weights.append(weight)
    return checked(wanted, values, tuple(weights), str(path))


def _csv(path: Path) -> dict[str, list[Cell]]:
    try:
        reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
        lines = [(reader.line_num, row) for row in reader]
    except (Unreadable, csv.Error) as error:
        raise ValueError(f"expected a table at {path}, found: {error}") from None
    header = [name.strip() for name in lines[0][1]] if lines else []
    _require_once(header, path)
    found: dict[str, list[Cell]] = {name: [] for name in header}
    for number, row in lines[1:]:
        if not row:
            continue
        if len(row) != len(header):
            raise ValueError(
                f"expected {len(header)} values in line {number} of {path}, found {len(row)}"
            )
        for name, text in zip(found, row, strict=True):
            found[name].append(_read_cell(text.strip()))
    return found


def _require_once(names: Sequence[str], path: Path) -> None:
    """Raises ValueError unless there are names of columns, each once."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if not names or twice is not None:
        found = "none" if twice is None else f"{shown(twice)} twice"
        raise ValueError(
            f"expected names of settings, each once, in the first line of {path}, found {found}"
        )


def _read_cell(text: str) -> Cell:
    try:
        return float(text)
    except ValueError:
        return text


def _parquet(path: Path) -> dict[str, list[Cell]]:
    import pyarrow.parquet as pq  # takes a while, and few have such a file
    from pyarrow import ArrowException

    try:
        if not path.is_file():
            raise ValueError(f"expected a table at {path}, found no such file")
        file = pq.ParquetFile(path)
        count = file.metadata.num_rows
        if count > MOST_ROWS:
            raise ValueError(f"expected 1 to {MOST_ROWS:,} rows in {path}, found {count:,}")
        _require_once(file.schema_arrow.names, path)
        columns = file.read().to_pydict()
    except (ArrowException, OSError) as error:
        raise ValueError(f"expected Parquet in {path}: {' '.join(str(error).split())}") from None
    for name, values in columns.items():
        if not all(isinstance(v, int | float | str) and not isinstance(v, bool) for v in values):
            raise ValueError(f"expected numbers or names, none missing, under {name} in {path}")
    return {
        name: [v if isinstance(v, str) else float(v) for v in values]
        for name, values in columns.items()
    }
