"""A trained model as ONNX: any number of clips, of any length, checked against the model itself."""

from __future__ import annotations

import itertools
import logging
import os
import warnings
from pathlib import Path

import numpy as np
import torch
from reid_datasets.transforms import MEAN, STD
from reid_models.domain_norm import separates_cameras
from torch import nn
from torch.nn import functional as F

from uda.errors import ConfigError, UdaError
from uda.evaluation.cache import file_sha256
from uda.training import restored

BATCHES, LENGTHS = (1, 5), (1, 4, 7)
"""Clips in a batch and frames in a clip that the file is run on before it is kept."""
TOLERANCE = 1e-4
"""Largest difference of an embedding of length 1."""
INPUTS = ("uint8", "float")


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
    checkpoint: Path, output: Path, pixels: str = "uint8", clip_length: int | None = None
) -> float:
    """Writes the model of a checkpoint to ``output``; ``pixels`` is uint8 or float.

    The file takes clips of ``clip_length`` frames, or of any number where it is None. Returns the
    largest difference from the model over `BATCHES` and `LENGTHS`. Raises UdaError, and leaves no
    file, where the file's answers differ from the model's, or the model cannot be written for any
    number of frames.
    """
    if pixels not in INPUTS:
        raise ConfigError(f"--input {pixels}: expected one of {', '.join(INPUTS)}.")
    student, settings = restored.model(checkpoint)
    if separates_cameras(student):
        raise ConfigError(
            f"{checkpoint} was trained with model.norm=cbn, which takes its statistics from each "
            "camera's own clips: a file with fixed ones would give other embeddings. Export a "
            "model trained with bn, adabn or dsbn."
        )
    embedder = Embedder(student, normalise=pixels == "uint8").eval()
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        try:
            _write(embedder, part, settings.data.size, clip_length)
        except torch.onnx.OnnxExporterError as error:
            if clip_length is not None:
                raise
            raise UdaError(
                f"{settings.model.name} cannot be written as ONNX for any number of frames: it "
                "looks at frames in groups. Fix the number with --clip-length, for example "
                f"--clip-length {settings.data.clip_length} as in training."
            ) from error
        _describe(part, checkpoint, settings.model.name, settings.data.size, pixels)
        difference = largest_difference(embedder, part, settings.data.size, clip_length)
        if not difference < TOLERANCE:
            raise UdaError(
                f"Expected the ONNX file to answer as the model does, found differences up to "
                f"{difference:.1e}; nothing was kept. This model needs operations that the "
                "exporter translates wrongly: report it, or try other versions of torch and onnx."
            )
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    return difference


def largest_difference(
    embedder: Embedder, path: Path, size: tuple[int, int], clip_length: int | None = None
) -> float:
    """Between the model and the file, over random clips."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
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


def _write(embedder: Embedder, path: Path, size: tuple[int, int], clip_length: int | None) -> None:
    example = torch.zeros(2, clip_length or 3, 3, *size)
    if embedder.normalise:
        example = example.to(torch.uint8)
    dynamic = {0: torch.export.Dim("batch")}
    if clip_length is None:
        dynamic[1] = torch.export.Dim("frames")
    logging.getLogger("onnxscript").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch.export, about its own code
        program = torch.onnx.export(
            embedder,
            (example,),
            input_names=["clips"],
            output_names=["embedding"],
            dynamic_shapes=(dynamic,),
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    program.save(path)


def _describe(path: Path, checkpoint: Path, name: str, size: tuple[int, int], pixels: str) -> None:
    """What the file is, in its metadata."""
    import onnx

    content = onnx.load(path)
    facts = {
        "model": name,
        "checkpoint_sha256": file_sha256(checkpoint),
        "height": str(size[0]),
        "width": str(size[1]),
        "input": "RGB, 0 to 255" if pixels == "uint8" else "RGB / 255, less mean, by std",
        "mean": " ".join(map(str, MEAN)),
        "std": " ".join(map(str, STD)),
    }
    onnx.helper.set_model_props(content, facts)
    onnx.save(content, path)
