"""A table of what a model takes a target's people for: a row of probabilities for each tracklet.

    first_frame,hat=no,hat=yes,upper_colour=black,upper_colour=red,...
    0001/lobby/walk-1/000.jpg,0.93,0.07,0.81,0.02,...

CSV, UTF-8. A tracklet goes by its first frame, a path within the data; a column is a value of an
attribute, and of each attribute a tracklet's probabilities sum to 1. `uda predict` writes such
tables, and any other program may.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.attributes.words import BAGS, UNSET, VALUES, counterpart, is_flag, nearest

FIRST_FRAME = "first_frame"
_OFF = 0.01
"""What probabilities of an attribute may be off 1 in all, by rounding."""
_SHOWN = 3

Columns = dict[str, dict[str, int]]
"""Places of columns by attribute and value."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """Probabilities (T, V) of the V values of attributes, in the order of `VALUES`, each row with
    the sum 1; and of attributes that nothing here is like why they are left out."""

    probabilities: Mapping[str, np.ndarray]
    left_out: Mapping[str, str]

    def notes(self) -> Iterator[str]:
        """What is left out, a line for each reason."""
        for why in dict.fromkeys(self.left_out.values()):
            names = [name for name, said in self.left_out.items() if said == why]
            yield f"Left out: {', '.join(names)}: {why}."


def read_predicted(file: Path, tracklets: Sequence[str]) -> Predicted:
    """What a table says of a target's tracklets.

    Args:
        file: the table.
        tracklets: first frames of the target's T tracklets, paths within it.

    Raises TargetError: the table is damaged, has probabilities that are none, or does not have a
    row for each tracklet of this target and for no other; or nothing in it is an attribute that
    statistics tell.
    """
    columns, rows = _read(file)
    numbers = np.array([rows[name] for name in _matched(file, rows, tracklets)], float)
    told: dict[str, dict[str, np.ndarray]] = {}
    for attribute, values in columns.items():
        found = numbers[:, list(values.values())]
        off = np.abs(found.sum(1) - 1)
        if off.max() > _OFF:
            worst = int(off.argmax())
            raise TargetError(
                f"Expected probabilities of {attribute} that sum to 1 in {file}, found "
                f"{found[worst].sum():.3f} for {tracklets[worst]}. The table needs a column "
                f"{attribute}=VALUE for every value of it."
            )
        found = found / found.sum(1, keepdims=True)
        told[attribute] = dict(zip(values, found.T, strict=True))
    known, left_out = _known(told)
    if not known:
        said = " ".join(f"{name}: {why}." for name, why in left_out.items())
        raise TargetError(
            f"Expected attributes among {', '.join(VALUES)} in {file}, found none of them. {said}"
        )
    return Predicted(known, left_out)


def _known(
    told: Mapping[str, Mapping[str, np.ndarray]],
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """What is told in the order of `VALUES`, and why the rest is not."""
    known: dict[str, np.ndarray] = {}
    left_out: dict[str, str] = {}
    flags = {name for name in BAGS if name in told and is_flag(tuple(told[name]))}
    if flags == set(BAGS):
        known["bag"] = _one_bag({BAGS[name]: told[name]["yes"] for name in BAGS})
    for name, values in told.items():
        if name in flags:
            others = ", ".join(sorted(set(BAGS) - flags))
            if others:
                left_out[name] = f"who has no {name} may have another bag, and {others} is missing"
            continue
        if name in UNSET:
            left_out[name] = "no setting says how many people have which value"
            continue
        if name not in VALUES:
            left_out[name] = f"nothing that is rendered goes by it ({nearest(name, tuple(VALUES))})"
            continue
        words = {value: counterpart(name, value) for value in values}
        odd = next((value for value, word in words.items() if word is None), None)
        if odd is not None:
            left_out[name] = f"{odd} has no counterpart ({nearest(odd, VALUES[name])})"
            continue
        masses = np.zeros((len(next(iter(values.values()))), len(VALUES[name])))
        for value, word in words.items():
            masses[:, VALUES[name].index(str(word))] += values[value]
        known[name] = masses
    return {name: known[name] for name in VALUES if name in known}, left_out


def _one_bag(kinds: Mapping[str, np.ndarray]) -> np.ndarray:
    """Probabilities of kinds of bags that anybody has one of, from those of each by itself."""
    found = np.stack([kinds.get(word, np.zeros(1)) for word in VALUES["bag"][1:]], 1)
    found = found / np.maximum(found.sum(1, keepdims=True), 1)
    return np.hstack([1 - found.sum(1, keepdims=True), found])


def _matched(file: Path, rows: Mapping[str, object], tracklets: Sequence[str]) -> Sequence[str]:
    """The tracklets, if the table has a row for each and no other."""
    wanted = set(tracklets)
    if len(wanted) < len(tracklets):
        raise TargetError(
            "Expected tracklets that differ in their first frame, found two that share one: no "
            "table can tell them apart. Leave --attributes out."
        )
    missing = [name for name in tracklets if name not in rows]
    foreign = [name for name in rows if name not in wanted]
    if missing or foreign:
        others = [
            f"{len(names):,} {what} ({', '.join(names[:_SHOWN])}{', ...' * (len(names) > _SHOWN)})"
            for names, what in ((missing, "without a row"), (foreign, "that are not in the target"))
            if names
        ]
        all_ = "it is of another target, another part, or paths in it begin elsewhere. "
        raise TargetError(
            f"Expected a row of each of the target's {len(tracklets):,} tracklets in {file}, found "
            f"tracklets {' and '.join(others)}: {all_ if len(missing) == len(tracklets) else ''}"
            "Predict with the same data, root and --part as you measure."
        )
    return tracklets


def _read(file: Path) -> tuple[Columns, dict[str, list[float]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            table = csv.reader(opened, strict=True)
            header = [name.strip() for name in next(table, [])]
            columns = _columns(file, header)
            return columns, dict(_rows(file, header, table))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TargetError(
            f"Expected predicted attributes (CSV, UTF-8) in {file}, but it cannot be read: "
            f"{error}. Write it with `uda predict`."
        ) from None


def _columns(file: Path, header: Sequence[str]) -> Columns:
    """Where each value is, not counting the column of first frames."""
    names = [name for name in header if name != FIRST_FRAME]
    odd = [name for name in names if not all(part.strip() for part in name.partition("="))]
    if header.count(FIRST_FRAME) != 1 or odd or not names or len(set(names)) < len(names):
        found = f"the column {odd[0]!r}" if odd else ", ".join(header[:8]) or "an empty file"
        raise TargetError(
            f"Expected a column {FIRST_FRAME} and different columns ATTRIBUTE=VALUE in the first "
            f"line of {file}, found {found}. Write it with `uda predict`."
        )
    columns: Columns = {}
    for place, name in enumerate(names):
        attribute, _, value = (part.strip() for part in name.partition("="))
        columns.setdefault(attribute, {})[value] = place
    return columns


def _rows(
    file: Path, header: Sequence[str], table: Iterator[list[str]]
) -> Iterator[tuple[str, list[float]]]:
    key, seen = header.index(FIRST_FRAME), set[str]()
    for line, cells in enumerate(table, 2):
        if not cells:
            continue
        where = f"line {line} of {file}"
        if len(cells) != len(header):
            raise TargetError(
                f"Expected {len(header)} values in {where}, found {len(cells)}. It is cut or "
                "damaged: write it anew with `uda predict`."
            )
        name = cells[key]
        if name in seen:
            raise TargetError(
                f"Expected one row of each tracklet, found another of {name} in {where}."
            )
        seen.add(name)
        yield (
            name,
            [
                _probability(cell, header[place], where)
                for place, cell in enumerate(cells)
                if place != key
            ],
        )


def _probability(cell: str, column: str, where: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = float("nan")
    if not 0 <= number <= 1:
        raise TargetError(
            f"Expected a probability from 0 to 1 as {column} in {where}, found {cell!r}. "
            "Logits and percentages are none."
        )
    return number
