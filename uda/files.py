"""Files that commands write: each appears whole or not at all, and replaces nothing unasked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from uda.errors import UdaError

_LEFT_OVER = re.compile(r"\..+\.[0-9a-f]{8}\.part")


def write_whole(path: Path, content: bytes | str | Callable[[BinaryIO], object]) -> None:
    """Writes or replaces a file in one step; it is on disk when this returns.

    The content goes to a temporary file in the same folder, which is renamed. Whatever happens
    before that, an interrupt included, leaves the old file as it was and no other file. A replaced
    file keeps its permissions. A symbolic link stays, and the file it leads to is replaced; other
    hard links to the old file keep the old content.

    Args:
        path: File to write; its folder is made where it is missing.
        content: Bytes, text (written as UTF-8, with escapes for what is no character: names of
            folders need not be UTF-8), or a function that writes to the open file, such as
            ``lambda file: torch.save(state, file)``.

    Raises:
        UdaError: the file cannot be written (full disk, no permission), or is a device, a pipe, a
            socket or a folder. What ``content`` raises for another reason is passed on.
    """
    outer = sys.exception()
    target, found = _look_up(path)
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise UdaError(_not_a_file(path, found))
    part = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            if callable(content):
                content(file)
            else:
                file.write(_in_bytes(content))
            file.flush()
            os.fsync(file.fileno())
        if found is not None:
            with contextlib.suppress(OSError):  # a file system without permissions
                part.chmod(stat.S_IMODE(found.st_mode) & 0o777)
        part.replace(target)
    except Exception as error:
        reason = _reason(error, outer)
        if isinstance(reason, KeyboardInterrupt):
            raise reason from None
        if reason is None or not _concerns(reason, part):
            raise
        kept = f" The old {target.name} is intact." if found is not None else ""
        raise UdaError(
            f"Could not write {path}: {reason.strerror or reason}. {_free(target.parent)}{kept} "
            "Make room or name another place, then try again."
        ) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _in_bytes(content: bytes | str) -> bytes:
    return content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content


def is_left_over(path: Path) -> bool:
    """Whether `write_whole` was killed while it wrote this file: nobody will rename it."""
    return _LEFT_OVER.fullmatch(path.name) is not None


def sweep(folder: Path) -> None:
    """Removes what killed processes have left in a folder that nobody else writes to now."""
    for path in [each for each in folder.glob(".*.part") if is_left_over(each)]:
        with contextlib.suppress(OSError):
            path.unlink()


def require_output(
    path: Path,
    *,
    suffixes: Sequence[str],
    inputs: Sequence[Path] = (),
    overwrite: bool,
    option: str = "--output",
) -> None:
    """Whether a command may write ``path``, to be asked before any work is done.

    Nothing is opened or created. A symbolic link counts as the file it leads to.

    Args:
        path: File that the command is to write.
        suffixes: Endings that are allowed, such as ``(".onnx",)``, in small or capital letters; any
            ending where empty.
        inputs: Files that the command reads. ``path`` may not be one of them under any name: by
            another spelling, a symbolic or a hard link.
        overwrite: Whether an existing file may be replaced, as asked for with ``--overwrite``.
        option: How the command calls ``path``, for the message.

    Raises:
        UdaError: ``path`` may not or cannot be written.
    """
    given = f"{option} {path}"
    target, found = _look_up(path)
    for source in inputs:
        if _same(target, found, source):
            raise UdaError(
                f"{given} is a file that this command reads ({source}): it would be lost. Name "
                "another file."
            )
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise UdaError(_not_a_file(path, found, option))
    if suffixes and not any(_ends(path, suffix) for suffix in suffixes):
        raise UdaError(
            f"{given}: expected a name that ends in {' or '.join(suffixes)}, found "
            f"{path.suffix or 'no ending'}. The ending says what is in the file; give one of these."
        )
    if found is not None and not overwrite:
        raise UdaError(
            f"{given} exists ({found.st_size:,} bytes). Name another file, or replace this one "
            "with --overwrite."
        )
    if found is not None and not found.st_mode & 0o222:
        raise UdaError(
            f"{given} is write-protected. Name another file, or allow writing to this one."
        )
    folder = target.parent
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise UdaError(f"{given}: {folder} is not a folder. Name a file in a folder.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UdaError(
            f"{given}: nothing can be written to the folder {folder}. Name a file elsewhere, or "
            "change the folder's permissions."
        )


def _look_up(path: Path) -> tuple[Path, os.stat_result | None]:
    """Where links lead, and what is there. UdaError: it cannot be looked up."""
    try:
        target = path.resolve()
        try:
            return target, target.stat()
        except (FileNotFoundError, NotADirectoryError):
            return target, None
    except (OSError, RuntimeError, ValueError) as error:  # no permission, a loop, a NUL
        reason = getattr(error, "strerror", None) or error
        raise UdaError(f"{path} cannot be written: {reason}. Name another file.") from None


def _same(target: Path, found: os.stat_result | None, source: Path) -> bool:
    try:
        if found is not None:
            return os.path.samestat(found, source.stat())
        return source.resolve() == target
    except (OSError, RuntimeError, ValueError):  # whoever reads the source says so
        return False


def _ends(path: Path, suffix: str) -> bool:
    name = path.name.lower()
    return name.endswith(suffix.lower()) and len(name) > len(suffix)


def _not_a_file(path: Path, found: os.stat_result, option: str = "") -> str:
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
    }
    kind = kinds.get(stat.S_IFMT(found.st_mode), "something else")
    return (
        f"{option} {path}".strip() + f" is {kind}, and a file is to be written. Name a file"
        f"{' in it' if stat.S_ISDIR(found.st_mode) else ''}."
    )


def _reason(
    error: BaseException, outer: BaseException | None
) -> OSError | KeyboardInterrupt | None:
    """The system's error, or Ctrl-C, behind an error: torch.save raises RuntimeError after it."""
    seen: BaseException | None = error
    while seen is not None and seen is not outer:
        if isinstance(seen, OSError | KeyboardInterrupt):
            return seen
        seen = seen.__context__
    return None


def _concerns(error: OSError, part: Path) -> bool:
    """Whether the system complains of the file, or of a folder above it."""
    name = error.filename  # none where writing to an open file fails
    return name is None or (isinstance(name, str) and Path(name) in (part, *part.parents))


def _free(folder: Path) -> str:
    try:
        return f"{shutil.disk_usage(folder).free / 2**20:,.0f} MiB are free there."
    except OSError:
        return ""


def _sync_folder(folder: Path) -> None:
    """So that the new name survives a power cut, where the system can do that."""
    with contextlib.suppress(OSError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def file_sha256(path: Path) -> str:
    """Of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: object) -> None:
    """A value as indented JSON, all of it or none of it."""
    write_whole(path, json.dumps(value, indent=2) + "\n")
