"""Folders that settings name: which of their files count, and their hashes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from strict_reading import named
from vidsynth.errors import VidsynthError


def is_hidden(path: Path) -> bool:
    """Whether a path below a folder is passed over: ``.DS_Store``, macOS's ``._name`` beside a
    file, what a program keeps for itself."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def files_in(
    directory: Path,
    suffixes: tuple[str, ...],
    setting: str,
    what: str,
    error: type[VidsynthError],
) -> tuple[str, ...]:
    """Names of the folder's files that end in ``suffixes``, sorted.

    Hidden files, pipes and files in folders below it do not count. ``setting`` and ``what`` are
    what the message calls the folder and its files. Raises ``error`` where there are none.
    """
    try:
        names = [
            entry.name
            for entry in directory.iterdir()
            if not is_hidden(Path(entry.name)) and entry.is_file()
        ]
    except (OSError, ValueError) as cause:  # ValueError: a NUL in the name
        said = getattr(cause, "strerror", None) or str(cause)
        raise error(
            f"Expected a folder of {what} at {setting}={named(directory)}, found: {said}."
        ) from None
    found = tuple(sorted(name for name in names if name.lower().endswith(suffixes)))
    if not found:
        raise error(
            f"Expected {what} ({', '.join(suffixes)}) in {setting}={directory}, found none among "
            f"{len(names)} files."
        )
    return found


def hashes(directory: Path, names: tuple[str, ...]) -> dict[str, str]:
    """SHA-256 of each file, by name."""
    return {name: file_hash(directory / name) for name in names}


def file_hash(path: Path) -> str:
    """SHA-256 of a file's content, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
