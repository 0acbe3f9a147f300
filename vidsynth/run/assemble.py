"""Puts a data set together out of slices that were rendered side by side, and writes its lists."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidsynth.errors import OutputError, RenderError
from vidsynth.files import full_disk
from vidsynth.run.build import build
from vidsynth.run.command_line import command_line
from vidsynth.run.description import changed_build, changed_settings, read_description, refuse_other
from vidsynth.run.executors.slices import WHOLE, Slice, named_slice
from vidsynth.run.folder import check_place, hold, write_plan
from vidsynth.run.job import disk_full, gathered
from vidsynth.run.markers import PARTIAL, Markers, adopt, read_finished, take
from vidsynth.run.production import Production, restore
from vidsynth.settings import fingerprint, older_fingerprint

_PLANS = ("vidsynth-uda", "numpy", "source")
"""What of a build the lists and tables of people depend on; a machine that gathers needs no
Blender."""


@dataclass(frozen=True)
class Assembly:
    """A whole data set: so many ``shots``, ``adopted`` of them from other folders just now; with
    ``tracklets`` and ``crops``, each a ``unit``."""

    shots: int
    adopted: int
    tracklets: int
    crops: int
    unit: str


def assemble(
    root: Path,
    sources: Sequence[Path] = (),
    hashes: bool = True,
    on_shot: Callable[[int, int], None] = lambda done, total: None,
) -> Assembly:
    """Takes the shots that ``root`` lacks from ``sources``, and writes the lists of the set.

    ``root`` is a folder that slices were rendered into, or where ``sources`` are to be put
    together, each of which may hold any shots. Files are linked where the file system can, copied
    elsewhere. Every file is compared with the hash in its shot's marker; without ``hashes``, those
    in ``root`` by length alone. ``on_shot`` is told how many of all shots were looked at. Nothing
    in ``sources`` changes, and gathering again ends in the same bytes.

    Raises OutputError where a folder holds no data set, or another one: of another config, build or
    processor type; RenderError where shots are missing, with their numbers and the command that
    renders them, after taking all that are there.
    """
    check_place(root)
    folders = [root, *sources] if (root / "dataset.json").exists() or not sources else [*sources]
    descriptions = [_described(folder) for folder in folders]
    first = descriptions[0]
    production = restore(first["kind"], first["config"])
    for folder, description in zip(folders[1:], descriptions[1:], strict=True):
        _refuse_mixing(folders[0], first, folder, description, production)
    here = {name: build()[name] for name in _PLANS}
    changed = changed_build(first["software"], here)
    if changed:
        raise OutputError(
            f"{folders[0]} was rendered with another build of the generator ({changed}): gather it "
            "with that one."
        )
    refuse_other(root, first, type(production.config))
    try:
        with hold(root):
            shutil.rmtree(root / PARTIAL, ignore_errors=True)
            (root / PARTIAL).mkdir()
            if root not in folders:
                take(folders[0] / "dataset.json", root / PARTIAL / "dataset.json")
                (root / PARTIAL / "dataset.json").replace(root / "dataset.json")
            write_plan(root, production)
            adopted, missing = _adopt(root, sources, production, hashes, on_shot)
            if missing:
                raise _missing(root, folders, production, missing)
            markers = Markers(root, range(production.shots), _marks(production))
            tracklets, crops = gathered(production, root, markers)
            shutil.rmtree(root / PARTIAL)
    except OSError as error:
        full = full_disk(error, root)
        if full is not None:
            raise disk_full(full) from None
        raise
    return Assembly(production.shots, adopted, tracklets, crops, production.unit)


def _described(folder: Path) -> dict[str, Any]:
    if not (folder / "dataset.json").exists():
        raise OutputError(
            f"Expected the slices of a data set at {folder}, found no dataset.json there. Render "
            "some first (vidsynth render-tracklets --shots 1/4 --output ...), or name the folders "
            "that hold them: vidsynth gather OUT --from FOLDER --from FOLDER."
        )
    return read_description(folder)


def _refuse_mixing(
    one: Path,
    first: dict[str, Any],
    two: Path,
    second: dict[str, Any],
    production: Production,
) -> None:
    same = type(production.config)
    changed = (
        f"kind is {first['kind']} there and {second['kind']} now"
        if first["kind"] != second["kind"]
        else changed_settings(first, second, same)
    )
    if changed:
        raise OutputError(
            f"Expected slices of one data set, found another config in {two} than in {one}: "
            f"{changed.replace(' there and ', ' in the latter and ').replace(' now', '')}. Nothing "
            "was touched: leave it out, or render it with the same settings."
        )
    changed = changed_build(first["software"], second["software"])
    if changed:
        raise OutputError(
            f"{two} was rendered with another build of the generator or on another type of "
            f"processor than {one} ({changed}): their pixels do not match. Nothing was touched: "
            "leave it out, or render its shots with the same build."
        )


def _marks(production: Production) -> tuple[str, str]:
    return fingerprint(production.config), older_fingerprint(production.config)


def _adopt(
    root: Path,
    sources: Sequence[Path],
    production: Production,
    hashes: bool,
    on_shot: Callable[[int, int], None],
) -> tuple[int, list[int]]:
    """How many shots were taken from ``sources``, and which are nowhere."""
    marks, adopted, missing = _marks(production), 0, []
    room = root / PARTIAL / "taken"
    for index in range(production.shots):
        if not read_finished(root, index, marks, hashes):
            if any(adopt(root, index, s, marks, room) for s in sources):
                adopted += 1
            else:
                missing.append(index)
        on_shot(index + 1, production.shots)
    return adopted, missing


def _missing(
    root: Path, folders: Sequence[Path], production: Production, missing: list[int]
) -> RenderError:
    """Says which shots are missing, which slices they are of, and what renders them."""
    said = ", ".join(map(str, missing[:10])) + (", ..." if len(missing) > 10 else "")
    slices = _slices(folders, missing)
    of = f", of {'slice' if len(slices) == 1 else 'slices'} " if slices else ""
    of += ", ".join(map(str, slices[:10])) + (", ..." if len(slices) > 10 else "")
    part = slices[0] if len(slices) == 1 else WHOLE
    return RenderError(
        f"Expected all {production.shots} shots of the data set, found {len(missing)} missing or "
        f"damaged: {said}{of}. This renders what is missing: {command_line(production, root, part)}"
        f"{_SEVERAL if len(slices) > 1 else ''}"
    )


_SEVERAL = " (with --shots I/N, one slice of it)"


def _slices(folders: Sequence[Path], missing: list[int]) -> list[Slice]:
    """The slices that ``missing`` shots are of, where all that were rendered are of so many."""
    names = (path.name for folder in folders for path in (folder / "logs").glob("shots-*-of-*"))
    found = [part for name in names if (part := named_slice(name))]
    counts = {part.count for part in found}
    if len(counts) != 1:
        return []
    count = counts.pop()
    return [Slice(number + 1, count) for number in sorted({index % count for index in missing})]
