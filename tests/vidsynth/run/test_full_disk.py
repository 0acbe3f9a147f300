"""Which disk is full where the data set's own is not."""

from __future__ import annotations

import errno
import math
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from vidsynth import files
from vidsynth.config import TrackletConfig
from vidsynth.errors import OutputError
from vidsynth.run.job import render


def test_a_full_disk_for_temporary_files_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers' first words and Blender's pictures go there."""
    temporary = tmp_path / "temporary"
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(files, "_free", lambda folder: 0.0 if folder == temporary else math.inf)

    def without_room(*job: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    config = TrackletConfig(identities=4, cameras=2, sites=("plaza",))
    with pytest.raises(OutputError, match=f"disk that holds {temporary} is full"):
        render(config, tmp_path / "set", renderer="none:None", executor=without_room)
    assert not (tmp_path / "set").exists()
