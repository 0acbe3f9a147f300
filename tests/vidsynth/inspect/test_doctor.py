"""What the doctor says of this machine, and of one where things are missing."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vidsynth.cli import app
from vidsynth.inspect import doctor

HAS_BLENDER = importlib.util.find_spec("bpy") is not None


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="Blender's wheel is for Python 3.11")
def test_where_blender_can_be_it_is_and_no_test_that_renders_is_skipped() -> None:
    assert HAS_BLENDER
    assert importlib.util.find_spec("anny") is not None


@pytest.mark.slow
@pytest.mark.skipif(not HAS_BLENDER, reason="needs bpy")
def test_where_rendering_works_nothing_fails(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["doctor", "--output", str(tmp_path / "set")])
    assert said.exit_code == 0, said.output
    assert "Blender 4.5" in said.output
    assert "Cycles on the CPU" in said.output
    assert not (tmp_path / "set").exists()


def test_a_missing_blender_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(doctor, "_CHECKS", {"Blender": doctor._blender})
    said = CliRunner().invoke(app, ["doctor"])
    assert said.exit_code == 1
    assert "FAILS Blender: bpy is not installed" in said.output


def test_it_says_where_ray_would_render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray")
    monkeypatch.setattr(doctor, "_CHECKS", {"cluster": doctor._cluster})
    monkeypatch.setenv("RAY_ADDRESS", "head:6379")
    (found,) = doctor.examine(tmp_path)
    assert found.text.endswith("--executor ray renders on the cluster at head:6379")


def test_a_check_that_breaks_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(output: Path) -> tuple[doctor.State, str]:
        raise OSError("no such codec")

    monkeypatch.setattr(doctor, "_CHECKS", {"video": breaks, "disk": doctor._disk})
    found = list(doctor.examine(tmp_path / "not" / "there"))
    assert (found[0].state, found[0].text) == ("fails", "OSError: no such codec")
    assert str(tmp_path) in found[1].text


def test_a_gpu_is_not_said_to_be_used_where_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_CHECKS", {"GPU": doctor._gpu})
    monkeypatch.setattr(doctor, "_ask", lambda code: "gpu OPTIX NVIDIA L4\n")
    (found,) = doctor.examine(tmp_path)
    assert found.text == "OPTIX NVIDIA L4; render.device=gpu uses it, auto is the CPU"
