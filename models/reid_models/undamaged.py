"""Files of torch, read only as they were written: torch itself passes over their checksums."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import torch


def load_undamaged(path: Path) -> Any:
    """What `torch.save` wrote, on the CPU, read with ``weights_only=True``.

    Files are zip archives with a checksum of each tensor. Bytes that a disk or a download has
    changed since would otherwise be weights like any others. Files of torch before 1.6 have no
    checksums.

    Raises:
        ValueError: the content is not what was written.
        OSError, RuntimeError, EOFError, KeyError, pickle.UnpicklingError: as `torch.load` does.
    """
    if zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as archive:
                damaged = archive.testzip()
        except (zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
            raise ValueError(f"a damaged archive ({error})") from None
        if damaged is not None:
            raise ValueError(f"{damaged} in it is not what was written: its checksum differs")
    return torch.load(path, map_location="cpu", weights_only=True)
