"""What is in an ONNX file beside the network: facts about it, and versions."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from tests.uda.onnx_export.saving import save
from uda import onnx_export
from uda.config import Config
from uda.errors import UdaError
from uda.runs import restored


def test_the_file_says_what_it_is(exported: Path) -> None:
    facts = {entry.key: entry.value for entry in onnx.load(exported).metadata_props}
    assert (facts["model"], facts["height"], facts["width"]) == ("slim_resnet18", "64", "32")
    assert len(facts["checkpoint_sha256"]) == 64
    assert facts["resize"] == "bilinear"
    assert facts["mean"] == "0.485 0.456 0.406"
    assert sorted(p.name for p in exported.parent.iterdir()) == ["model.onnx"]


@pytest.mark.usefixtures("translated")
def test_statistics_that_a_file_cannot_have_are_named(
    tiny: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = {"model": {"name": tiny}, "data": {"size": (64, 32), "clip_length": 2}}
    settings = Config.model_validate({**said, "evaluation": {"statistics": "camera"}})
    with pytest.raises(UdaError):  # the graph is another model's
        onnx_export.export(save(settings, tmp_path / "last.pt"), tmp_path / "model.onnx")
    assert "tested with batch-norm statistics by camera; the file has those of" in caplog.text


@pytest.mark.usefixtures("translated")
def test_what_the_file_does_otherwise_than_evaluation_is_said(
    tiny: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"model": {"name": tiny}, "data": {"size": (64, 32), "clip_length": 2}}
    settings = Config.model_validate({**said, "evaluation": {"flip": True}})
    monkeypatch.setattr(restored, "compared_by", lambda _: "visual_temporal")
    with pytest.raises(UdaError):  # the graph is another model's
        onnx_export.export(save(settings, tmp_path / "last.pt"), tmp_path / "model.onnx")
    assert "tested with mirrored clips, too" in caplog.text
    assert "compares features by visual_temporal, of which the file has nothing" in caplog.text


def test_versions_that_most_runtimes_take(exported: Path) -> None:
    """onnxruntime 1.16 takes opset 19 and IR version 9 at most."""
    content = onnx.load(exported)
    assert [(entry.domain, entry.version) for entry in content.opset_import] == [("", 18)]
    assert content.ir_version == 8


def test_the_file_names_no_folder_of_this_machine(exported: Path) -> None:
    assert str(Path(onnx_export.__file__).parents[1]).encode() not in exported.read_bytes()


def test_other_versions(slight: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    done = onnx_export.export(slight, path, opset=20, ir_version=10)
    assert (done.opset, done.ir_version) == (20, 10)
    content = onnx.load(path)
    assert (content.opset_import[0].version, content.ir_version) == (20, 10)


@pytest.mark.parametrize(
    ("opset", "ir_version", "message"),
    [
        (0, None, "--opset 0: onnx .* knows 1 to"),
        (999, None, "--opset 999: onnx .* knows 1 to"),
        (20, 8, "--ir-version 8: expected 9 to"),
        (18, 999, "--ir-version 999: expected 8 to"),
        (11, None, "--opset 11: torch .* made opset 18 instead; .* Ask for --opset 18"),
    ],
)
def test_versions_that_cannot_be_written(
    slight: Path, tmp_path: Path, opset: int, ir_version: int | None, message: str
) -> None:
    with pytest.raises(UdaError, match=message):
        onnx_export.export(slight, tmp_path / "model.onnx", opset=opset, ir_version=ir_version)
    assert list(tmp_path.iterdir()) == [slight.parent]
