"""Files that appear whole or not at all, stay after a power cut, and replace nobody's own."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from vidsynth.errors import OutputError


def write_whole(path: Path, content: bytes) -> None:
    """Replaces ``path`` by ``content``, atomically and on disk when this returns; its folder is
    made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync(path.parent)


def write_text(path: Path, text: str) -> None:
    """The same with a text, UTF-8, and escapes for what is no character: names of folders and files
    need not be UTF-8."""
    write_whole(path, text.encode("utf-8", "backslashreplace"))


_LOOKED_AT = 2**20
"""Bytes of a file in which a command finds its mark."""


def require_output(
    path: Path,
    *,
    suffixes: Sequence[str],
    mark: str | None,
    inputs: Sequence[Path | None] = (),
    option: str = "--output",
) -> None:
    """Whether a command may write ``path``, to be asked before any work is done.

    Nothing is opened for writing or created. A file that is there is replaced only where the same
    command wrote it.

    Args:
        path: File that the command is to write.
        suffixes: Endings that are allowed, such as ``(".html",)``, in small or capital letters.
        mark: Text that is in all files of the command; None where it replaces none.
        inputs: What the command reads. ``path`` may not be one of them under any name.
        option: How the command calls ``path``, for the message.

    Raises:
        OutputError: ``path`` may not or cannot be written.
    """
    given = f"{option} {path}"
    try:
        path.resolve()
    except RuntimeError:
        raise OutputError(
            f"{given} is a link that leads back to itself. Name another file."
        ) from None
    if not path.name.lower().endswith(tuple(suffixes)):
        raise OutputError(
            f"{given}: expected a name that ends in {' or '.join(suffixes)}, found "
            f"{path.suffix or 'no ending'}. The ending says what is in the file; give one of these."
        )
    for source in inputs:
        if source is not None and (
            source.resolve() == path.resolve()
            or (source.exists() and path.exists() and path.samefile(source))
        ):
            raise OutputError(
                f"{given} is a file that this command reads ({source}): it would be lost. Name "
                "another file."
            )
    if path.exists():
        if not stat.S_ISREG(path.stat().st_mode):
            what = "a folder" if path.is_dir() else "no file, but a pipe or a device"
            raise OutputError(f"{given} is {what}, and a file is to be written. Name a file.")
        if mark is None or not _holds(path, mark):
            raise OutputError(
                f"{given} exists ({path.stat().st_size:,} bytes), and it is not known to be of "
                "this command. Name another file, or move this one away."
            )
    folder = path.parent
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise OutputError(
            f"{given}: nothing can be written to {folder}. Name a file in a folder of your own."
        )


def _holds(path: Path, mark: str) -> bool:
    """An empty file holds whatever one likes: nothing is lost."""
    with path.open("rb") as file:
        begin = file.read(_LOOKED_AT)
    return not begin or mark.encode() in begin


def sync(path: Path) -> None:
    """Flushes a file or a folder's entries to disk, where the system can."""
    with contextlib.suppress(PermissionError):  # Windows opens no folders
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


LEAST_FREE = 2**16
"""Bytes below which a disk counts as full: a crop and its labels want more."""


def full_disk(error: BaseException | None, *folders: Path) -> Path | None:
    """The folder whose disk is full, if that is what ``error`` comes from; None if not.

    An error may say so itself, or one that it was raised from; libraries that swallow it leave a
    disk without space.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return next((f for f in folders if _free(f) < LEAST_FREE), folders[0])
        error = error.__cause__ or error.__context__
    return next((folder for folder in folders if _free(folder) < LEAST_FREE), None)


def _free(folder: Path) -> float:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return math.inf
