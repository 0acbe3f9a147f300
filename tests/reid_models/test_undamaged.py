"""Weights are what was written, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from reid_models.errors import ModelError
from reid_models.pretrained import read
from reid_models.undamaged import load_undamaged


@pytest.mark.parametrize("old", [False, True])
def test_files_of_torch_are_read(tmp_path: Path, old: bool) -> None:
    path = tmp_path / "a.pth"
    torch.save({"a": torch.arange(5)}, path, _use_new_zipfile_serialization=not old)
    assert torch.equal(load_undamaged(path)["a"], torch.arange(5))


def test_overwritten_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    torch.save({"a": torch.ones(1000)}, path)
    content = path.read_bytes()
    place = content.index(torch.ones(1000).numpy().tobytes())
    path.write_bytes(content[:place] + bytes(400) + content[place + 400 :])
    assert torch.load(path, weights_only=True)["a"].sum() == 900  # torch says nothing
    with pytest.raises(ValueError, match="not what was written"):
        load_undamaged(path)
    with pytest.raises(ModelError, match=r"a\.pth.*its checksum differs"):
        read(path)
