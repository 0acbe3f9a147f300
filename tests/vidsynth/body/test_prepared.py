"""The prepared body: whole, or known to be damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from vidsynth.body import prepared
from vidsynth.body.prepared import Damaged, load_prepared, prepared_folder, read_prepared
from vidsynth.errors import RenderError
from vidsynth.inspect import doctor


@pytest.fixture
def cache(model: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, with small arrays in place of anny's."""
    small = dict(np.load(prepared_folder() / "small.npz"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = prepared_folder()
    folder.mkdir(parents=True)
    np.savez(folder / "small.npz", **small)
    shapes = np.ones((len(small["mask"]), len(small["vertices"]), 3), np.float16)
    np.save(folder / "vertex_shapes.npy", shapes)
    return folder


def test_whole_arrays_are_read(cache: Path) -> None:
    assert len(read_prepared().triangles) == 5
    assert doctor._body(cache)[0] == "ok"


@pytest.mark.parametrize("name", ["small.npz", "vertex_shapes.npy"])
@pytest.mark.parametrize("damage", ["empty", "zeros", "half", "lost"])
def test_damage_is_seen_before_anything_is_rendered(
    cache: Path, name: str, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (cache / name).read_bytes()
    left = {"empty": b"", "zeros": bytes(len(content)), "half": content[: len(content) // 2]}
    if damage == "lost":
        (cache / name).unlink()
    else:
        (cache / name).write_bytes(left[damage])
    with pytest.raises(Damaged, match="damaged files in"):
        read_prepared()
    state, text = doctor._body(cache)
    assert (state, "prepares it anew" in text) == ("note", True)
    monkeypatch.setattr(prepared.sys, "executable", shutil.which("false"))
    with pytest.raises(RenderError, match="could not be prepared in"):
        load_prepared()


def test_a_damaged_cache_of_anny_is_made_anew(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import anny

    made = []

    class Stub:
        def __init__(self, **_: object) -> None:
            kept = prepared.cache_home() / f"anny-{anny.__version__}" / "kept.pth"
            if kept.exists() and not kept.read_bytes():
                raise EOFError("Ran out of input")
            kept.write_bytes(b"whole")
            made.append(kept)

        def to(self, kind: object) -> Stub:
            return self

    monkeypatch.setattr("anny.Anny", Stub)
    prepared.load_anny()
    made[0].write_bytes(b"")
    prepared.load_anny()
    assert made[1].read_bytes() == b"whole"
    assert (made[1].parent / "complete").exists()
