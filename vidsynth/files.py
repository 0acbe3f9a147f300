"""Files that appear whole or not at all, and stay after a power cut."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import shutil
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Replaces ``path`` by ``content``, atomically and on disk when this returns."""
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
