"""Lists of tracklets with clothes: one ``folder person clothes`` to a line, by tabs or spaces.

The form of CCVID (Gu et al., Clothes-Changing Person Re-identification with RGB Modality Only,
CVPR 2022) and of SVReID.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reid_datasets.benchmarks.layout import read_text
from reid_datasets.benchmarks.tracklet_folders import images_in, inside, number, numbered
from reid_datasets.errors import DatasetError
from reid_datasets.records import DISTRACTOR_ID, Split, Tracklet

Line = tuple[str, int, str]
"""A tracklet's folder, its person, and the label of the clothes."""


def read(root: Path, lists: dict[str, str], camera_of: Callable[[str, Path], int]) -> Split:
    """``lists`` are the files of train, query and gallery under ``root``; ``camera_of`` gives the
    camera of a tracklet's folder. Labels of clothes mean something together with a person only:
    outfits are numbered over all people and lists. Lists that count people from 0 have them counted
    from 1: 0 is nobody's number."""
    lines = {part: _lines(root / name) for part, name in lists.items()}
    shift = int(any(person == DISTRACTOR_ID for part in lines.values() for _, person, _ in part))
    outfits = numbered(f"{person}_{label}" for part in lines.values() for _, person, label in part)
    parts: dict[str, tuple[Tracklet, ...]] = {}
    for part, members in lines.items():
        source = root / lists[part]
        tracklets = []
        for folder, person, label in members:
            place, camera = inside(root, folder, source), camera_of(folder, source)
            outfit = outfits[f"{person}_{label}"]
            tracklets.append(Tracklet(images_in(place), person + shift, camera, outfit))
        parts[part] = tuple(tracklets)
    return Split(parts["train"], parts["query"], parts["gallery"])


def _lines(path: Path) -> list[Line]:
    lines = []
    for place, line in enumerate(read_text(path).splitlines(), 1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) != 3:
            raise DatasetError(
                f"Expected `folder person clothes` in line {place} of {path}, found {line[:80]!r}. "
                "Use the list that came with the data set."
            )
        lines.append((fields[0], number(fields[1], path, f"the person of line {place}"), fields[2]))
    return lines
