"""Which files a translated benchmark tree consists of: pictures to translate, and lists to copy."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reid_datasets.benchmarks import find
from reid_datasets.errors import DatasetError, printable
from reid_datasets.frames import Frames, ImageFiles
from reid_datasets.masks import MaskedFrames
from reid_datasets.records import Split

from strict_reading import Unreadable, parse_json, read_text
from uda.errors import RunError
from uda.files import write_json

log = logging.getLogger(__name__)

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".ppm")
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".mp4", ".avi", ".part")
NOT_CARRIED = ("shots", "logs")
"""Of a rendered set: hashes of what was rendered, which is not what lies in the translated one."""


@dataclass(frozen=True)
class Tree:
    """A benchmark's files under ``root``.

    ``tracklets`` hold every picture once, in the order they are translated; ``lists`` are copied as
    they are; ``left_out`` counts pictures of no tracklet, such as junk.
    """

    root: Path
    tracklets: tuple[ImageFiles, ...]
    lists: tuple[Path, ...]
    left_out: int

    @property
    def pictures(self) -> int:
        return sum(map(len, self.tracklets))

    def place(self, picture: Path) -> Path:
        """Where a picture lies under the root. A picture that is a link has a place of its own."""
        return (picture.parent.resolve() / picture.name).relative_to(self.root)


def tree_of(name: str, root: Path) -> Tree:
    """The tree of a benchmark of image files: of all of its splits, training and test halves.

    Raises:
        DatasetError: it cannot be read, holds videos or shards, or reads pictures from elsewhere.
    """
    benchmark = find(name)
    place = root.resolve()
    tracklets: dict[ImageFiles, None] = {}
    seen: set[Path] = set()
    inside: set[Path] = set()
    for number in range(benchmark.splits):
        for frames in _frames(benchmark.load(root, number)):
            if not isinstance(frames, ImageFiles):
                raise DatasetError(
                    f"Expected image files to translate in {name} at {root}, found "
                    f"{frames.name(0)}. Render the set with --format mars or market1501, or name "
                    "a benchmark of images without a variant of its gamma."
                )
            for folder in {path.parent for path in frames} - inside:
                if not folder.resolve().is_relative_to(place):
                    raise DatasetError(
                        f"Expected all pictures of {name} under {root}, found the folder {folder}, "
                        f"which is {folder.resolve()}: a translated tree would not have it. Name "
                        "the folder that holds all of them."
                    )
                inside.add(folder)
            fresh = [path for path in frames if path not in seen]
            seen.update(fresh)
            if len(fresh) == len(frames):
                tracklets[frames] = None
            elif fresh:  # tracklets that share pictures
                tracklets[ImageFiles(frames.directory, tuple(path.name for path in fresh))] = None
    lists, left_out = [], 0
    resolved = {path.parent.resolve() / path.name for path in seen}
    for path in _files(place):
        if path.suffix.lower() in PICTURES:
            left_out += path not in resolved
        elif path.suffix.lower() not in ARCHIVES:
            lists.append(path.relative_to(place))
    return Tree(place, tuple(tracklets), tuple(lists), left_out)


def require_outside(tree: Tree, output: Path) -> None:
    """RunError: a run's directory lies within the source, whose tree it would be part of."""
    if output.resolve().is_relative_to(tree.root):
        raise RunError(
            f"--output {output} lies within the source {tree.root}, all of which is copied: a "
            "continued run would copy its own files, too. Name a directory outside."
        )


def copy_lists(tree: Tree, to: Path, translation: dict[str, Any]) -> None:
    """Copies labels, tables and lists; dataset.json and translation.json say what was done."""
    for name in tree.lists:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree.root / name, to / name)
    described = to / "dataset.json"
    try:
        found = parse_json(read_text(described))
    except Unreadable:
        found = None  # none, or of another program: it is copied as it is
    if isinstance(found, dict):
        # The generator continues a set by these: it must not render over translated pictures.
        found["renderer"] = f"uda translate ({translation['method']}) of {found.get('renderer')}"
        write_json(described, found | {"translation": translation})
    write_json(to / "translation.json", translation)


def _frames(split: Split) -> Iterator[Frames]:
    everything: Iterable[Any] = (*split.train, *split.unlabelled, *split.gallery, *split.query)
    for tracklet in everything:
        frames: Frames = tracklet.frames
        yield frames.frames if isinstance(frames, MaskedFrames) else frames


def _raise(error: OSError) -> None:
    """What a folder that cannot be listed holds would be missing."""
    raise DatasetError(
        f"Expected to list {error.filename}, but it cannot be read ({error.strerror}). Change its "
        "permissions, or take it out of the folder."
    )


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, onerror=_raise):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and not (Path(folder) == root and name in NOT_CARRIED)
        )
        for name in folders:
            if (Path(folder) / name).is_symlink():  # whoever knows what all it leads to
                log.warning("left out: the linked folder %s", printable(Path(folder) / name))
        yield from (Path(folder) / name for name in sorted(names) if not name.startswith("."))
