"""Benchmarks by name. ``prid2011:3`` is split 3 of a benchmark that has several,
``market1501+gamma0.5-2.0`` one in another gamma (`gamma`), and ``market1501+upper=black`` one of
some people alone (`by_attribute`)."""

from __future__ import annotations

import difflib
import os
from dataclasses import replace
from pathlib import Path

from reid_datasets.benchmarks import by_attribute, gamma
from reid_datasets.benchmarks.benchmark import Benchmark
from reid_datasets.benchmarks.folder import reader as folder
from reid_datasets.benchmarks.image import IMAGE
from reid_datasets.benchmarks.video import VIDEO
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split

BENCHMARKS: dict[str, Benchmark] = {
    **VIDEO,
    **IMAGE,
    "folder": Benchmark(
        "a folder of your own",
        folder.read,
        obtain=folder.OBTAIN,
        layout=folder.LAYOUT,
        protocol=folder.PROTOCOL,
    ),
}


def parse(name: str) -> tuple[str, int | None]:
    """A benchmark's own name and the split asked for, None where none was named.

    Raises DatasetError with the nearest valid name, or with the splits there are.
    """
    plain, _, variant = name.partition("+")
    own, colon, number = plain.partition(":")
    if own not in BENCHMARKS:
        near = difflib.get_close_matches(own.lower(), BENCHMARKS, 1)
        hint = f"Did you mean {near[0]}?" if near else "Choose one of these."
        raise DatasetError(
            f"Expected a benchmark among {', '.join(BENCHMARKS)}, found {own!r}. {hint}"
        )
    by_attribute.require_annotated(own, _variant(variant)[0])
    if not colon:
        return own, None
    splits = BENCHMARKS[own].splits
    if not number.isdecimal() or int(number) >= splits:
        raise DatasetError(
            f"Expected a split of {own} from {own}:0 to {own}:{splits - 1}, found {name!r}."
            if splits > 1
            else f"{own} has one split, found {name!r}. Leave out {colon + number!r}."
        )
    return own, int(number)


def _variant(text: str) -> tuple[list[by_attribute.Wanted], gamma.Gamma | None]:
    """What stands behind the first plus. DatasetError."""
    parts = text.split("+") if text else []
    wanted = [by_attribute.parse(part) for part in parts if "=" in part]
    rest = "+".join(part for part in parts if "=" not in part)
    return wanted, gamma.parse(rest) if rest else None


def find(name: str, *, as_stored: bool = False) -> Benchmark:
    """A benchmark by name, with or without a split, of the people and in the gamma that the name
    asks for, the latter unless ``as_stored``. Raises DatasetError as `parse` does."""
    own = parse(name)[0]
    found = BENCHMARKS[own]
    wanted, at = _variant(name.partition("+")[2])
    if as_stored:
        at = None
    if not wanted and at is None:
        return found

    def read(root: Path, *split: int) -> Split:
        plain = found.read(root, *split)
        if wanted:
            plain = by_attribute.chosen(plain, own, root, wanted)
        return gamma.changed(plain, root, at) if at else plain

    title = ", ".join([found.title, *map(str, wanted), *([str(at)] if at else [])])
    return replace(found, read=read, title=title, published=None if wanted else found.published)


def default_root(name: str) -> Path:
    """Where a benchmark is looked for: under $REID_DATA, or ``data`` in the working directory."""
    own = parse(name)[0]
    return Path(os.environ.get("REID_DATA", "data")) / (BENCHMARKS[own].folder or own)


def load(name: str, root: Path | str | None = None) -> Split:
    """A benchmark's official split, the first one where it has several and none is named.

    Raises DatasetError when it is unknown, missing or damaged.
    """
    _, split = parse(name)
    return find(name).load(default_root(name) if root is None else Path(root), split)
