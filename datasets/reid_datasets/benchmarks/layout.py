"""Is a benchmark where it should be, and reading the lists that come with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reid_datasets.benchmarks.listing import is_system
from reid_datasets.errors import DatasetError

ARCHIVE_FOLDERS = frozenset(
    {"Market-1501-v15.09.15", "DukeMTMC-reID", "Occluded_Duke", "MSMT17_V1", "MSMT17_V2"}
    | {"cuhk03-np", "underground_reid", "VIPeR", "subset1", "randperson_subset"}
)
"""What archives unpack to, in which readers look for a tree that is not at the root itself."""


def unpacked(root: Path, name: str) -> Path:
    """Where the tree is: in ``root``, or in the folder ``name`` that the archive makes in it."""
    assert name in ARCHIVE_FOLDERS
    return root / name if (root / name).is_dir() else root


def within_archive(name: str) -> str:
    """A path within a benchmark, the same whether its root is the archive's folder or above it."""
    parts = name.replace("\\", "/").split("/")
    while len(parts) > 1 and parts[0] in ARCHIVE_FOLDERS:
        del parts[0]
    return "/".join(parts)


def require_layout(root: Path, title: str, entries: Sequence[str], obtain: str) -> None:
    """DatasetError unless every one of ``entries``, files or folders, is under ``root``.

    ``obtain`` says where to get them. The message tells what is there instead, and finds a tree
    that was unpacked one folder deeper.
    """
    expected = f"Expected a {title} tree ({', '.join(entries)})"
    if not root.is_dir():
        found = "found a file" if root.exists() else "found nothing there"
        raise DatasetError(
            f"{expected} at {root}, {found}. Put the data set there, or point --root or "
            f"$REID_DATA at it. Where to get it: {obtain}."
        )
    missing = [name for name in entries if not (root / name).exists()]
    if not missing:
        return
    children = sorted(c for c in root.iterdir() if not is_system(c.name))
    nested = next(
        (c for c in children if c.is_dir() and all((c / name).exists() for name in entries)), None
    )
    listing = ", ".join(c.name for c in children[:6]) + (", ..." if len(children) > 6 else "")
    advice = (
        f"The tree seems to be at {nested}: point --root there."
        if nested
        else f"Copy what is missing. Where to get it: {obtain}."
    )
    raise DatasetError(
        f"{expected} at {root}; missing {', '.join(missing)}, found "
        f"{listing or 'an empty directory'}. {advice}"
    )


def read_text(path: Path) -> str:
    """A list file's text, without a byte order mark. DatasetError: it cannot be read, or has zero
    bytes, which stand for what a download that broke off did not bring."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if "\0" in text:
            raise ValueError(f"zero bytes from character {text.index(chr(0))} on")
        return text
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"Expected a list in {path}, but it cannot be read: {error}. Copy it again."
        ) from error
