"""Folders that settings name: which of their files count, and their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
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
    require_characters(found, f"{setting}={directory}", error)
    if not found:
        raise error(
            f"Expected {what} ({', '.join(suffixes)}) in {setting}={directory}, found none among "
            f"{len(names)} files."
        )
    return found


def require_characters(names: Iterable[str], where: str, error: type[VidsynthError]) -> None:
    """Raises ``error`` for a name that is not UTF-8, as of an archive from another code page:
    tables of people and cameras name the file, and hold characters alone."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            raise error(
                f"Expected names of files in UTF-8 in {where}, found {named(Path(name))}. Rename "
                "it, or unpack its archive again with the right code page."
            ) from None


def hashes(directory: Path, names: tuple[str, ...]) -> dict[str, str]:
    """SHA-256 of each file, by name."""
    return {name: file_hash(directory / name) for name in names}


def file_hash(path: Path) -> str:
    """SHA-256 of a file's content, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
