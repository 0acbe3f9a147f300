"""ONNX files answer as the model does, for any number and length of clips."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from reid_datasets.transforms import normalise
from reid_models import build
from reid_models.building import MODELS
from reid_models.video import cavit
from typer.testing import CliRunner

from uda import onnx_export
from uda.cli import app
from uda.config import Config
from uda.errors import ConfigError, UdaError
from uda.runs import checkpoint, restored


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of a small model whose batch norms have seen something."""
    settings = Config.model_validate(
        {"model": {"name": "slim_resnet18"}, "data": {"size": (64, 32), "clip_length": 2}}
    )
    return save(settings, tmp_path_factory.mktemp("export") / "last.pt")


def save(settings: Config, path: Path) -> Path:
    chosen = settings.model
    model = build(
        chosen.name,
        5,
        pooling=chosen.pooling,
        temporal=chosen.temporal,
        norm=chosen.norm,
        size=settings.data.size,
    )
    with torch.no_grad():
        for _ in range(3):
            model(2 * torch.randn(4, 2, 3, *settings.data.size) + 0.3)
    state = dict.fromkeys(checkpoint.TRAINED.contents, None) | {
        "model": model.state_dict(),
        "config": settings.model_dump(mode="json"),
        "source": {"identities": 5},
    }
    checkpoint.save(path, state)
    return path


@pytest.fixture(scope="module")
def exported(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint's file as the command writes it: of bytes, for any number of frames."""
    path = tmp_path_factory.mktemp("exported") / "deep" / "model.onnx"
    assert onnx_export.export(trained, path).difference < 1e-4
    return path


@pytest.fixture
def slight(tiny: str, tmp_path: Path) -> Path:
    """A checkpoint that is written in no time."""
    data = {"size": (32, 16), "clip_length": 2}
    settings = Config.model_validate({"model": {"name": tiny}, "data": data})
    return save(settings, tmp_path / "slight" / "last.pt")


@pytest.fixture
def translated(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch's part is left out, which takes seconds: it gives another model's graph."""
    monkeypatch.setattr(onnx_export, "_translated", lambda *_: onnx.load(exported))


@pytest.mark.parametrize("pixels", ["uint8", "float"])
def test_any_batch_and_any_length(
    trained: Path, exported: Path, tmp_path: Path, pixels: str
) -> None:
    path = exported
    if pixels == "float":
        path = tmp_path / "model.onnx"
        assert onnx_export.export(trained, path, pixels).difference < 1e-4
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    model, _ = restored.model(trained)
    rng = np.random.default_rng(0)
    for batch, length in ((1, 1), (5, 2), (3, 9)):
        clips = rng.integers(0, 256, (batch, length, 3, 64, 32), dtype=np.uint8)
        ready = normalise(torch.from_numpy(clips)).numpy()
        (found,) = session.run(None, {"clips": clips if pixels == "uint8" else ready})
        with torch.inference_mode():
            wanted = model(torch.from_numpy(ready)).embedding
        wanted = torch.nn.functional.normalize(wanted, dim=1).numpy()
        np.testing.assert_allclose(found, wanted, atol=1e-4)
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen",
    [
        {"name": "resnet50_ibn_a", "pooling": "gem"},
        {"name": "vit_small", "temporal": "attention"},
        {"name": "timm/test_vit3", "pooling": "token", "temporal": "transformer"},
        {"name": "timm/vit_small_patch16_dinov3", "pooling": "token"},
        {"name": "small_cavit"},
    ],
    ids=lambda chosen: chosen["name"],
)
def test_other_backbones_and_poolings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: dict[str, str]
) -> None:
    small = partial(cavit.Cavit, width=24, heads=2, layers=1)
    monkeypatch.setitem(MODELS, "small_cavit", replace(cavit.ARCHITECTURE, make=small))
    settings = Config.model_validate({"model": chosen, "data": {"size": (64, 32)}})
    trained = save(settings, tmp_path / "last.pt")
    assert onnx_export.export(trained, tmp_path / "model.onnx").difference < 1e-4


def test_each_clip_of_a_batch_is_answered_by_itself(exported: Path) -> None:
    session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
    clips = np.random.default_rng(1).integers(0, 256, (5, 3, 3, 64, 32), dtype=np.uint8)
    (together,) = session.run(None, {"clips": clips})
    alone = np.concatenate([session.run(None, {"clips": clip[None]})[0] for clip in clips])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 1e-3


def test_the_file_says_what_it_is(exported: Path) -> None:
    facts = {entry.key: entry.value for entry in onnx.load(exported).metadata_props}
    assert (facts["model"], facts["height"], facts["width"]) == ("slim_resnet18", "64", "32")
    assert len(facts["checkpoint_sha256"]) == 64
    assert facts["mean"] == "0.485 0.456 0.406"
    assert sorted(p.name for p in exported.parent.iterdir()) == ["model.onnx"]


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


@pytest.mark.usefixtures("translated")
def test_a_runtime_that_is_too_old_for_the_file(
    slight: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("Unsupported model IR version: 14, max supported IR version: 9\nmore")

    monkeypatch.setattr(onnxruntime, "InferenceSession", refuse)
    with pytest.raises(UdaError, match=r"IR version: 9 Ask for a lower --opset and --ir-version"):
        onnx_export.export(slight, slight.parent / "model.onnx")
    assert list(slight.parent.iterdir()) == [slight]


@pytest.mark.usefixtures("translated")
def test_a_file_that_onnx_finds_invalid_is_not_kept(
    slight: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise onnx.checker.ValidationError("Unrecognized attribute")

    monkeypatch.setattr(onnx.checker, "check_model", refuse)
    with pytest.raises(UdaError, match=r"finds invalid \(Unrecognized attribute\)"):
        onnx_export.export(slight, slight.parent / "model.onnx")
    assert list(slight.parent.iterdir()) == [slight]


def openvino_gap(path: Path, trained: Path, lengths: tuple[int, ...]) -> float:
    """Largest difference of OpenVINO's embeddings from the model's, for batches of 1 and 5."""
    openvino = pytest.importorskip("openvino")
    core = openvino.Core()
    precise = {"INFERENCE_PRECISION_HINT": "f32"}  # bf16 on a processor that has it
    compiled = core.compile_model(core.read_model(path), "CPU", precise)
    model, settings = restored.model(trained)
    rng, worst = np.random.default_rng(2), 0.0
    for batch, length in itertools.product((1, 5), lengths):
        shape = (batch, length, 3, *settings.data.size)
        clips = rng.integers(0, 256, shape, dtype=np.uint8)
        with torch.inference_mode():
            wanted = model(normalise(torch.from_numpy(clips))).embedding
        wanted = torch.nn.functional.normalize(wanted, dim=1).numpy()
        found = compiled({"clips": clips})["embedding"]
        assert found.shape == wanted.shape
        worst = max(worst, float(np.abs(found - wanted).max()))
    return worst


def test_openvino_answers_as_the_model_does(trained: Path, exported: Path) -> None:
    assert openvino_gap(exported, trained, (1, 2, 4, 7)) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize(("name", "clip_length"), [("c2d", None), ("sinet", 4)])
def test_openvino_answers_as_video_models_do(
    tmp_path: Path, name: str, clip_length: int | None
) -> None:
    size = (64, 32)
    settings = Config.model_validate({"model": {"name": name}, "data": {"size": size}})
    trained, path = save(settings, tmp_path / "last.pt"), tmp_path / "model.onnx"
    assert onnx_export.export(trained, path, clip_length=clip_length).difference < 1e-4
    assert openvino_gap(path, trained, (clip_length,) if clip_length else (4, 7)) < 1e-4


@pytest.mark.usefixtures("translated")
def test_a_file_that_answers_otherwise_is_not_kept(
    slight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "largest_difference", lambda *_: float("inf"))
    with pytest.raises(UdaError, match="nothing was kept"):
        onnx_export.export(slight, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == [slight.parent]


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


def test_weights_beyond_one_file(slight: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_export, "LARGEST", 1000)
    with pytest.raises(UdaError, match="GiB of weights"):
        onnx_export.export(slight, slight.parent / "model.onnx")


def test_the_number_of_frames_can_be_fixed(slight: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    assert onnx_export.export(slight, path, clip_length=3).difference < 1e-4
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    assert given.shape[1:] == [3, 3, 32, 16]
    session.run(None, {"clips": np.zeros((4, 3, 3, 32, 16), np.uint8)})


def test_a_model_that_needs_a_fixed_number_says_so(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As torch does for sinet, tclnet and psta, which would take minutes here."""

    def refuse(*_: object, **__: object) -> None:
        raise torch.onnx.OnnxExporterError("guards")

    monkeypatch.setattr(torch.onnx, "export", refuse)
    with pytest.raises(UdaError, match="--clip-length 2 as in training"):
        onnx_export.export(trained, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_cameras_own_statistics_cannot_be_exported(tmp_path: Path) -> None:
    settings = Config.model_validate(
        {"model": {"name": "slim_resnet18", "norm": "cbn"}, "data": {"size": (64, 32)}}
    )
    state = checkpoint.load(save(settings, tmp_path / "last.pt"))
    assert state["config"]["model"]["norm"] == "cbn"
    with pytest.raises(ConfigError, match="each camera's own clips"):
        onnx_export.export(tmp_path / "last.pt", tmp_path / "model.onnx")
