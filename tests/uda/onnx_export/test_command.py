"""`uda export`: what it prints, and what it never writes over."""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
import pytest
from typer.testing import CliRunner

from uda import onnx_export
from uda.cli import app
from uda.errors import ConfigError, UdaError
from uda.runs import restored


def test_the_command(slight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = ["export", "--checkpoint", str(slight), "--output", str(tmp_path / "m.onnx")]
    done = CliRunner().invoke(app, told)
    assert done.exit_code == 0, done.output
    assert "opset 18, IR version 8): differs from the model by at most" in done.output
    graph = onnx.load(tmp_path / "m.onnx")
    again = CliRunner().invoke(app, told)
    assert (again.exit_code, again.output.count("\n")) == (2, 1)
    assert "replace this one with --overwrite" in again.output
    (tmp_path / "m.onnx").write_text("old")
    monkeypatch.setattr(onnx_export, "_translated", lambda *_: graph)
    replaced = CliRunner().invoke(app, [*told, "--overwrite"])
    assert replaced.exit_code == 0, replaced.output
    assert onnx.load(tmp_path / "m.onnx").ir_version == 8
    refused = CliRunner().invoke(app, [*told, "--overwrite", "--input", "jpeg"])
    assert refused.exit_code == 2
    with pytest.raises(ConfigError, match="expected one of uint8, float"):
        onnx_export.export(slight, tmp_path / "n.onnx", "jpeg")


@pytest.mark.parametrize("linked", [False, True])
def test_the_checkpoint_is_never_replaced(slight: Path, linked: bool) -> None:
    """Whatever the file is called, and also where replacing is asked for."""
    checkpoint, before = slight.with_name("last.onnx"), slight.read_bytes()
    checkpoint.hardlink_to(slight)
    output = checkpoint
    if linked:
        output = slight.with_name("link.onnx")
        output.symlink_to(checkpoint)
    told = ["export", "--checkpoint", str(slight), "--output", str(output), "--overwrite"]
    refused = CliRunner().invoke(app, told)
    assert (refused.exit_code, refused.output.count("\n")) == (2, 1)
    assert "is a file that this command reads" in refused.output
    assert slight.read_bytes() == before


@pytest.mark.parametrize("name", ["last.pt", "model.engine", "model", "folder.onnx"])
def test_outputs_are_refused_before_any_work(
    slight: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restored, "model", lambda _: pytest.fail("worked before it refused"))
    (slight.parent / "folder.onnx").mkdir()
    with pytest.raises(UdaError, match=r"this command reads|ends in .onnx|is a folder"):
        onnx_export.export(slight, slight.parent / name)


@pytest.mark.parametrize("missing", [["onnxruntime"], ["onnx", "onnxruntime", "onnxscript"]])
def test_missing_packages_are_named(
    slight: Path, missing: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    told = ["export", "--checkpoint", str(slight), "--output", str(slight.parent / "m.onnx")]
    refused = CliRunner().invoke(app, told)
    assert (refused.exit_code, refused.output.count("\n")) == (2, 1)
    assert f"cannot import {', '.join(missing)}." in refused.output
    assert 'pip install "vidsynth-uda[export]"' in refused.output
    assert list(slight.parent.iterdir()) == [slight]
