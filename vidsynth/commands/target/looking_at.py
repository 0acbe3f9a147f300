"""What the commands of ``vidsynth target`` have in common: sets by name, and parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidsynth.errors import TargetError

if TYPE_CHECKING:
    from vidsynth.target.layouts import Part


def named_part(name: str) -> Part:
    """The part of a benchmark that is called so. Raises TargetError."""
    from vidsynth.target.layouts import PARTS

    for known in PARTS:
        if known == name:
            return known
    raise TargetError(f"Expected --part train, test or all, found {name!r}.")


def require_crops(crops: Path | None, layout: str | None, part: str) -> None:
    """TargetError: something is said of crops that are not given."""
    if crops is None and (layout is not None or part != "train"):
        given = f"--layout {layout}" if layout is not None else f"--part {part}"
        raise TargetError(f"Expected --crops with {given}, which is about them, found none.")


def names_of(folders: Sequence[Path]) -> dict[str, Path]:
    """Sets by the names of their folders, or by their paths where names are the same."""
    names = [folder.resolve().name for folder in folders]
    if len(set(names)) < len(names):
        names = [str(folder) for folder in folders]
    return dict(zip(names, folders, strict=True))
