"""Whatever people give: a set, or one paragraph and exit code 2; never a traceback.

Each kind of input is drawn by hypothesis out of text that is almost right, and given to the command
line in this process.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.vidsynth.motion.made_up_bvh import walk
from tests.vidsynth.run.test_local import CONFIG as CONFIG_OF_SET
from tests.vidsynth.shared_sets import paint_here
from vidsynth.cli import app
from vidsynth.errors import VidsynthError
from vidsynth.motion.bvh import read_bvh
from vidsynth.motion.bvh_joints import find_joints
from vidsynth.wardrobe.makehuman.mhclo import read_mhclo
from vidsynth.wardrobe.makehuman.obj import read_obj

FEW, MANY, FEW_SETS, MANY_SETS = 12, 110, 4, 60
"""Inputs of each of the kinds; 500 in all where there are many."""

_ODD = st.sampled_from(
    ["", "\0", "\u0663", "\u00b2", "9" * 400, "9" * 5000, "-1", "1e999", "nan", "[" * 2000, "{",
     "}", ": ", "- ", "&a ", "*a", "<<: ", "yes", "010", "1:30", "2020-13-45", "null", "~", "'",
     '"', "\t", "\r\n", "\ufeff", "!!binary x", "\x85", "../..", "\ud7ff", "#", "true"]
)  # fmt: skip


def damaged(text: str) -> st.SearchStrategy[str]:
    """The text with some pieces taken out, doubled or replaced."""

    def change(edits: list[tuple[int, int, int, str]]) -> str:
        made = text
        for place, length, kind, odd in edits:
            at = place % (len(made) + 1)
            piece = made[at : at + length]
            made = made[:at] + (odd, piece + piece, "", odd + piece)[kind] + made[at + length :]
        return made

    edit = st.tuples(st.integers(0, 10**6), st.integers(0, 40), st.integers(0, 3), _ODD)
    return st.lists(edit, min_size=1, max_size=4).map(change)


CONFIG = """\
identities: 4
seed: 3
sites: [plaza, mall]
camera: {width: 640, gamma: [0.7, 1.5], network: null}
boxes:
  min_frames: 1
textures: {share: 0.5, directory: null}
weathers: [sunny, rain]
"""
NETWORK = json.dumps(
    [
        {"camera_id": k, "site": "plaza", "position": [6 * s, -8, 4], "look_at": [0, 0, 0.9],
         "focal": 900, "width": 1280, "height": 720,
         "photometry": {"codec": "h264", "gamma": 1.1, "white_balance": [1, 1, 1]}}
        for k, s in ((1, 1), (2, -1))
    ], indent=1,
)  # fmt: skip
MHCLO = """\
basemesh hm08
name shirt
uuid 1
obj_file shirt.obj
x_scale 5399 11998 1.4800
z_depth 50
verts 0
100 101 102 0.3 0.3 0.4 0.01 0.0 0.02
103
104 105 106 0.2 0.3 0.5 0.0 0.0 0.0
delete_verts
200 - 210 300
"""
OBJ = "v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n"
BVH = walk(cycles=1.0, rate=5.0)


def said_plainly(*words: str) -> None:
    """The command ends in a plan or in one paragraph."""
    said = CliRunner().invoke(app, list(words))
    assert said.exit_code in (0, 2), (said.exception, words)
    assert "Traceback" not in said.output
    if said.exit_code == 2:
        assert len(said.stderr.strip().splitlines()) <= 3, said.stderr


def _config(folder: Path, text: str) -> None:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    said_plainly("render-tracklets", "--dry-run", "--config", str(path), "identities=4")


DRAWN = """\
identities: 4
sites: {choice: [plaza, mall], weights: [3, 1]}
hours: [noon, dusk]
clothes: {upper: {choice: [coat, t-shirt], weights: [1, 2]}, palette: dark}
bodies: {ages: {normal: [40, 10], within: [20, 60]}}
camera:
  gamma: {histogram: {edges: [0.7, 1, 1.5], counts: [3, 1]}}
  noise: {choice: [2, 8], weights: [3, 1]}
  crf: [24, 30]
tables:
  seen: {columns: [camera.blur, camera.contrast], rows: [[0.5, 1.2], [1, 1.4]], weights: [1, 2]}
"""
ROWS = "camera.blur,camera.contrast,weight\n0.5,1.2,1\n1.0,1.4,2.5\n"


def _rows(folder: Path, text: str) -> None:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    words = ("identities=4", f"tables.seen={{rows: {path}}}")
    said_plainly("render-tracklets", "--dry-run", *words)


def _network(folder: Path, text: str) -> None:
    path = folder / "network.json"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    words = ("identities=4", "sites=[plaza]", f"camera.network={path}")
    said_plainly("render-tracklets", "--dry-run", *words)


def _bvh(folder: Path, text: str) -> None:
    path = folder / "a.bvh"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    _read(lambda: find_joints(read_bvh(path)))


def _asset(folder: Path, text: str) -> None:
    (folder / "shirt.obj").write_text(OBJ)
    path = folder / "shirt.mhclo"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    _read(lambda: read_mhclo(path))
    (folder / "cut.obj").write_text(text + OBJ, encoding="utf-8", errors="replace", newline="")
    _read(lambda: read_obj(folder / "cut.obj"))


def _read(read: Callable[[], object]) -> None:
    said = ""
    try:
        read()
    except VidsynthError as error:
        said = str(error)
    assert len(said) < 2000
    assert "\n" not in said


KINDS = {
    "config": (_config, CONFIG), "network": (_network, NETWORK), "bvh": (_bvh, BVH),
    "mhclo": (_asset, MHCLO), "drawn": (_config, DRAWN), "rows": (_rows, ROWS),
}  # fmt: skip
_FAST = {
    "deadline": None, "database": None, "derandomize": True,
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip


def fuzz(kind: str, folder: Path, count: int) -> None:
    use, text = KINDS[kind]

    @settings(max_examples=count, **_FAST)
    @given(damaged(text))
    def each(made: str) -> None:
        use(folder, made)

    each()


@pytest.mark.parametrize("kind", KINDS)
def test_text_that_is_almost_right_ends_in_a_paragraph(kind: str, tmp_path: Path) -> None:
    fuzz(kind, tmp_path, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_text_of_many_kinds_ends_in_a_paragraph(kind: str, tmp_path: Path) -> None:
    fuzz(kind, tmp_path, MANY)


def outputs(finished: Path, folder: Path, count: int, patch: pytest.MonkeyPatch) -> None:
    """Damages files of a finished set, and looks at it by one command or another."""
    # What charts look like is not looked at, and drawing them takes longer than all the rest.
    patch.setattr("vidsynth.inspect.report.charts._svg", lambda figure: "")
    files = sorted(p.relative_to(finished) for p in finished.rglob("*") if p.is_file())
    shown = [f for f in files if f.suffix != ".jpg" and (finished / f).stat().st_size]
    set_ = folder / "set"
    damages = st.tuples(
        st.sampled_from(shown), st.integers(0, 4), st.integers(0, 10**6), st.integers(1, 60)
    )

    @settings(max_examples=count, **_FAST)
    @given(damages)
    def each(damage: tuple[Path, int, int, int]) -> None:
        name, kind, place, length = damage
        shutil.rmtree(set_, ignore_errors=True)
        shutil.copytree(finished, set_, copy_function=os.link)
        path = set_ / name
        content = bytearray(path.read_bytes())
        path.unlink()
        at = place % len(content)
        if kind == 0:
            content = content[:at]
        elif kind == 1:
            content = bytearray(len(content))
        elif kind == 2:
            content = bytearray(b"[]\n")
        elif kind == 3:
            for k in range(at, min(at + length, len(content))):
                content[k] ^= 0x5A
        if kind < 4:
            path.write_bytes(content)
        else:
            path.mkdir()
        if length % 3 == 0:
            with suppress(VidsynthError, OSError):  # an OSError is said in one line, too
                paint_here(set_, CONFIG_OF_SET)
        elif length % 3 == 1:
            said_plainly("report", str(set_), "--output", str(folder / "r.html"), "--rows=1")
        else:
            said_plainly("preview", "--root", str(set_), "--output", str(folder / "s.png"))

    each()


def test_a_damaged_set_ends_in_a_paragraph(
    finished: tuple[Path, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs(finished[0], tmp_path, FEW_SETS, monkeypatch)


@pytest.mark.slow
def test_sets_damaged_in_many_ways_end_in_a_paragraph(
    finished: tuple[Path, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs(finished[0], tmp_path, MANY_SETS, monkeypatch)
