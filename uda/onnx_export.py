"""A trained model as ONNX: any number of clips, of any length, checked against the model itself."""

from __future__ import annotations

import importlib
import itertools
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from reid_datasets.transforms import MEAN, STD
from reid_models.domain_norm import separates_cameras
from torch import nn
from torch.nn import functional as F

from uda.comparing import COMPARISONS
from uda.comparing.cosine import Cosine, Euclidean
from uda.errors import ConfigError, UdaError
from uda.files import file_sha256, require_output, write_whole
from uda.runs import restored

log = logging.getLogger(__name__)

BATCHES, LENGTHS = (1, 5), (1, 4, 7)
"""Clips in a batch and frames in a clip that the file is run on before it is kept."""
TOLERANCE = 1e-4
"""Largest difference of an embedding of length 1."""
INPUTS = ("uint8", "float")
SUFFIXES = (".onnx",)
OPSET = 18
"""The oldest that torch writes; tried in onnxruntime 1.15 and 1.16 and in OpenVINO."""
LARGEST = 2**31 - 2**24
"""Bytes of weights: protobuf ends at 2 GiB, and the graph needs some of it."""
PACKAGES = ("onnx", "onnxruntime", "onnxscript")
_BY_PRODUCT = (Cosine.name, Euclidean.name)
"""Comparisons whose order products of embeddings have."""


@dataclass(frozen=True)
class Written:
    """What `export` has written.

    Attributes:
        opset: Version of the operators.
        ir_version: Version of the file format.
        difference: Largest difference from the model, of embeddings of length 1.
    """

    opset: int
    ir_version: int
    difference: float


class Embedder(nn.Module):
    """Clips ``(B, T, 3, H, W)`` to embeddings ``(B, D)`` of length 1.

    With ``normalise`` clips are RGB, 0 to 255 (uint8); otherwise floats with ImageNet's mean and
    deviation, as `reid_datasets.transforms.normalise` makes them.
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, model: nn.Module, normalise: bool) -> None:
        super().__init__()
        self.model, self.normalise = model, normalise
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1))
        self.register_buffer("std", torch.tensor(STD).view(3, 1, 1))

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        if self.normalise:
            clips = (clips.float() / 255 - self.mean) / self.std
        return F.normalize(self.model(clips).embedding, dim=1)


def export(
    checkpoint: Path,
    output: Path,
    pixels: str = "uint8",
    clip_length: int | None = None,
    *,
    opset: int = OPSET,
    ir_version: int | None = None,
    overwrite: bool = False,
) -> Written:
    """Writes the model of a checkpoint as ONNX, once the file answers as the model does.

    Args:
        checkpoint: A file that `uda train` wrote.
        output: File to write, ending in .onnx.
        pixels: "uint8", RGB 0 to 255, or "float", normalised as in training.
        clip_length: Frames in a clip; None is any number.
        opset: Version of the operators in the file.
        ir_version: Version of the file format; None is the oldest that has this opset.
        overwrite: Whether ``output`` may be replaced.

    Raises:
        UdaError: a package is missing, ``output`` may not be written, the model cannot be written
            in this way, or the file's answers differ from the model's over `BATCHES` and `LENGTHS`.
            ``output`` is as it was.
    """
    require_output(output, suffixes=SUFFIXES, inputs=[checkpoint], overwrite=overwrite)
    if pixels not in INPUTS:
        raise ConfigError(f"--input {pixels}: expected one of {', '.join(INPUTS)}.")
    onnx = _packages()["onnx"]
    ir_version = _ir_version(onnx, opset, ir_version)
    student, settings = restored.model(checkpoint)
    name, size = settings.model.name, settings.data.size
    if separates_cameras(student):
        raise ConfigError(
            f"{checkpoint} was trained with model.norm=cbn, which takes its statistics from each "
            "camera's own clips: a file with fixed ones would give other embeddings. Export a "
            "model trained with bn, adabn or dsbn."
        )
    compared = restored.compared_by(checkpoint)
    if not COMPARISONS.get(compared, Cosine).of_embeddings:
        raise ConfigError(
            f"The features of {checkpoint} are compared by {compared}, which learned how to "
            "match maps: a file that gives embeddings to be compared by their product would rank "
            "by what was never trained. Use `uda evaluate` and `uda extract`."
        )
    if compared not in _BY_PRODUCT:
        log.warning(
            "The run compares features by %s, of which the file has nothing: products of its "
            "embeddings rank otherwise than `uda evaluate` does.",
            compared,
        )
    if settings.evaluation.flip:
        log.warning(
            "The run was tested with mirrored clips, too; the file answers for a clip as it is, as "
            "`uda evaluate --no-flip` tests."
        )
    statistics = settings.evaluation.statistics
    if statistics != "running":
        log.warning(
            "The run was tested with batch-norm statistics by %s; the file has those of training, "
            "as `uda evaluate --statistics running` tests. model.norm=adabn keeps the target's.",
            statistics,
        )
    embedder = Embedder(student, normalise=pixels == "uint8").eval()
    _require_room(embedder, name)
    try:
        graph = _translated(embedder, size, clip_length, opset)
    except torch.onnx.OnnxExporterError as error:
        raise UdaError(
            _untranslated(name, clip_length, settings.data.clip_length, opset)
        ) from error
    graph.ir_version = ir_version
    _strip(graph)
    _describe(onnx, graph, checkpoint, settings, pixels)
    content: bytes = graph.SerializeToString()
    _check(onnx, content, opset, ir_version)
    difference = largest_difference(embedder, content, size, clip_length)
    if not difference < TOLERANCE:
        raise UdaError(
            f"Expected the ONNX file to answer as the model does, found differences up to "
            f"{difference:.1e}; nothing was kept. This model needs operations that the "
            "exporter translates wrongly: report it, or try other versions of torch and onnx."
        )
    write_whole(output, content)
    return Written(opset, ir_version, difference)


def largest_difference(
    embedder: Embedder, content: bytes, size: tuple[int, int], clip_length: int | None = None
) -> float:
    """Between the embeddings of the model and of the file's ``content``, over random clips.

    Raises UdaError when onnxruntime does not take the file.
    """
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own classes, which derive from nothing else
        raise UdaError(
            f"onnxruntime {onnxruntime.__version__} does not take the file, so it could not be "
            f"checked and was not kept: {_first_line(error)} Ask for a lower --opset and "
            f"--ir-version (by default {OPSET} and its own), or update onnxruntime."
        ) from error
    rng = np.random.default_rng(0)
    worst = 0.0
    lengths = LENGTHS if clip_length is None else (clip_length,)
    for batch, length in itertools.product(BATCHES, lengths):
        clips = rng.integers(0, 256, (batch, length, 3, *size), dtype=np.uint8)
        given = clips if embedder.normalise else (clips / np.float32(64) - 2).astype(np.float32)
        (found,) = session.run(["embedding"], {"clips": given})
        with torch.inference_mode():
            wanted = embedder(torch.from_numpy(given)).numpy()
        gap = float(np.abs(found - wanted).max()) if found.shape == wanted.shape else np.inf
        worst = max(worst, gap if np.isfinite(gap) else np.inf)
    return worst


def _packages() -> dict[str, ModuleType]:
    """What exporting needs beyond the base installation, by name. UdaError: it is missing."""
    found, missing = {}, []
    for name in PACKAGES:
        try:
            found[name] = importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if missing:
        raise UdaError(
            f"`uda export` needs {', '.join(PACKAGES)}, and cannot import {', '.join(missing)}. "
            'Install them with: pip install "vidsynth-uda[export]"'
        )
    return found


def _ir_version(onnx: ModuleType, opset: int, asked: int | None) -> int:
    """The file format's version. ConfigError: there is none for this opset."""
    newest, last = onnx.defs.onnx_opset_version(), onnx.IR_VERSION
    if not 1 <= opset <= newest:
        raise ConfigError(
            f"--opset {opset}: onnx {onnx.__version__} knows 1 to {newest}. Leave it out for "
            f"{OPSET}, which most runtimes take."
        )
    needed: int = onnx.helper.find_min_ir_version_for([onnx.helper.make_opsetid("", opset)])
    if asked is not None and not needed <= asked <= last:
        raise ConfigError(
            f"--ir-version {asked}: expected {needed} to {last}, as opset {opset} came with "
            f"IR version {needed} and onnx {onnx.__version__} writes up to {last}. Leave it out "
            f"for {needed}, or ask for another --opset."
        )
    return needed if asked is None else asked


def _require_room(embedder: Embedder, name: str) -> None:
    held = sum(t.numel() * t.element_size() for t in embedder.state_dict().values())
    if held > LARGEST:
        raise UdaError(
            f"{name} has {held / 2**30:.1f} GiB of weights, and one ONNX file holds less than 2. "
            "Export a smaller model."
        )


def _translated(
    embedder: Embedder, size: tuple[int, int], clip_length: int | None, opset: int
) -> Any:
    """The model as onnx.ModelProto, by torch. OnnxExporterError: it cannot be translated."""
    example = torch.zeros(2, clip_length or 3, 3, *size)
    if embedder.normalise:
        example = example.to(torch.uint8)
    dynamic = {0: torch.export.Dim("batch")}
    if clip_length is None:
        dynamic[1] = torch.export.Dim("frames")
    for chatty in ("onnxscript", "torch.onnx"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch.export, about its own code
        program = torch.onnx.export(
            embedder,
            (example,),
            input_names=["clips"],
            output_names=["embedding"],
            dynamic_shapes=(dynamic,),
            opset_version=opset,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    return program.model_proto


def _untranslated(name: str, clip_length: int | None, trained_with: int, opset: int) -> str:
    if clip_length is None:
        return (
            f"{name} cannot be written as ONNX for any number of frames: it looks at frames in "
            f"groups. Fix the number with --clip-length, for example --clip-length {trained_with} "
            "as in training."
        )
    return (
        f"{name} cannot be written as ONNX of opset {opset} for clips of {clip_length} frames by "
        f"torch {torch.__version__}. Try --clip-length {trained_with} as in training and --opset "
        f"{OPSET}, or another version of torch."
    )


def _strip(graph: Any) -> None:
    """Removes the exporter's notes: paths of this machine's sources, in fields of IR version 10."""
    inner = graph.graph
    values = (*inner.value_info, *inner.input, *inner.output)
    for part in (inner, *inner.node, *inner.initializer, *values):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


def _describe(
    onnx: ModuleType,
    graph: Any,
    checkpoint: Path,
    settings: restored.Sections,
    pixels: str,
) -> None:
    """What the file is, in its metadata."""
    size = settings.data.size
    facts = {
        "model": settings.model.name,
        "checkpoint_sha256": file_sha256(checkpoint),
        "height": str(size[0]),
        "width": str(size[1]),
        "resize": settings.data.resize,
        "input": "RGB, 0 to 255" if pixels == "uint8" else "RGB / 255, less mean, by std",
        "mean": " ".join(map(str, MEAN)),
        "std": " ".join(map(str, STD)),
    }
    onnx.helper.set_model_props(graph, facts)


def _check(onnx: ModuleType, content: bytes, opset: int, ir_version: int) -> None:
    """UdaError: the bytes are not valid ONNX, or not of the versions asked for."""
    found = onnx.load_model_from_string(content)
    made = {entry.domain: entry.version for entry in found.opset_import}.get("")
    if made != opset:
        raise UdaError(
            f"--opset {opset}: torch {torch.__version__} cannot write this model in it, and made "
            f"opset {made} instead; nothing was kept. Ask for --opset {OPSET} or above."
        )
    if found.ir_version != ir_version:
        raise UdaError(f"--ir-version {ir_version}: found {found.ir_version} in the file.")
    try:
        onnx.checker.check_model(found, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise UdaError(
            f"torch {torch.__version__} made a file of opset {opset} that onnx "
            f"{onnx.__version__} finds invalid ({_first_line(error)}); nothing was kept. Ask for "
            f"--opset {OPSET}, or try other versions of torch and onnx."
        ) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
