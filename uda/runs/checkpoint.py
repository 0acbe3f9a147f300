"""Checkpoints: everything a run needs to continue the same curve, all or nothing on disk."""

from __future__ import annotations

import pickle
import random
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from reid_models.undamaged import load_undamaged
from safetensors import SafetensorError

from uda.errors import CheckpointError, UdaError
from uda.files import write_whole


@dataclass(frozen=True)
class Format:
    """What a command writes: ``family`` names it in the file, ``number`` grows when an older
    version could not read it; ``contents`` are some of its keys, ``advice`` is for whoever brings
    another file."""

    command: str
    family: str
    number: int
    contents: tuple[str, ...]
    advice: str


TRAINED = Format(
    "uda train",
    "uda-checkpoint-",
    2,
    ("model", "method", "optimisers", "schedules", "position", "config", "source", "target"),
    "To start training from bare weights, pass the file to `uda train --pretrained`.",
)


def save(path: Path, state: dict[str, Any], kind: Format = TRAINED) -> None:
    """Writes a checkpoint: ``path`` is the old file or the new, never half.

    Raises:
        CheckpointError: the disk is full or not writable; the old checkpoint is still there.
    """
    content = {"format": f"{kind.family}{kind.number}", "versions": versions(), **state}
    try:
        write_whole(path, lambda file: torch.save(content, file))
    except UdaError as error:
        raise CheckpointError(f"{error} Continue the run with --resume then.") from None


def load(path: Path, kind: Format = TRAINED) -> dict[str, Any]:
    """A checkpoint on the CPU, read with ``weights_only=True``: no code in the file is run.

    Raises:
        CheckpointError: there is none, it is damaged, is something else, or of a newer version.
    """
    if not path.is_file():
        raise CheckpointError(
            f"There is no checkpoint at {path}. Name a file that `{kind.command}` wrote, such as "
            "runs/NAME/checkpoints/last.pt."
        )
    try:
        state = load_undamaged(path)
    except (
        *(OSError, RuntimeError, EOFError, ValueError, KeyError),
        *(pickle.UnpicklingError, SafetensorError),  # torch takes the latter's files by their name
    ) as error:
        raise CheckpointError(
            f"The checkpoint {path} ({path.stat().st_size} bytes) cannot be read "
            f"({str(error).strip().partition(chr(10))[0][:200] or type(error).__name__}). "
            f"It is truncated, damaged, or was not written by `{kind.command}`. Copy it again, or "
            "use another one."
        ) from None
    number = _number(state, kind)
    if number is None:
        found = ", ".join(map(str, list(state)[:3])) if isinstance(state, dict) else type(state)
        raise CheckpointError(
            f"{path} is not a checkpoint of `{kind.command}`: expected the format "
            f"{kind.family}{kind.number} with {', '.join(kind.contents)}; found {found} ... "
            f"{kind.advice}"
        )
    if number > kind.number:
        raise CheckpointError(
            f"The checkpoint {path} was written by a newer version of the toolkit (format "
            f"{kind.family}{number}, versions {state.get('versions')}); this one reads formats up "
            f"to {kind.family}{kind.number}. Update with `pip install -U vidsynth-uda`."
        )
    return dict(state)


def require_resumable(path: Path, state: dict[str, Any], kind: Format = TRAINED) -> None:
    """CheckpointError: a file of an older format holds weights, but not all that goes on."""
    if _number(state, kind) != kind.number:
        raise CheckpointError(
            f"The checkpoint {path} has the format {state['format']} of an older version "
            f"({state.get('versions')}), which can be evaluated, but not resumed. Finish the run "
            f"with that version, or start a new one from its weights with --init {path}."
        )


def _number(state: object, kind: Format) -> int | None:
    text = state.get("format") if isinstance(state, dict) else None
    digits = text.removeprefix(kind.family) if isinstance(text, str) else ""
    return int(digits) if text != digits and digits.isdecimal() else None


def fit(path: Path, module: torch.nn.Module, weights: dict[str, torch.Tensor], what: str) -> None:
    """Put weights into a module. CheckpointError: they belong to another architecture."""
    wanted = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    if wanted != found:
        missing = [name for name in wanted if name not in found]
        foreign = [name for name in found if name not in wanted]
        shapes = [n for n in wanted if n in found and wanted[n] != found[n]]
        detail = [f"{n} is {found[n]} instead of {wanted[n]}" for n in shapes[:1]]
        detail += [f"{n} is missing" for n in missing[:1]]
        detail += [f"{n} is not part of it" for n in foreign[:1]]
        raise CheckpointError(
            f"The checkpoint {path} does not fit {what}: it is of another architecture. "
            f"{len(missing)} tensors are missing, {len(foreign)} are foreign, {len(shapes)} have "
            f"another shape; {'; '.join(detail)}. Use the model the checkpoint was trained with."
        )
    module.load_state_dict(weights)


def random_state() -> dict[str, Any]:
    """Python's, NumPy's and torch's global generators, in types `weights_only` can read."""
    algorithm, words, position, has_gauss, cached = np.random.get_state(legacy=True)  # noqa: NPY002
    return {
        "python": random.getstate(),
        "numpy": (algorithm, np.asarray(words).tolist(), position, has_gauss, cached),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def restore_random_state(state: dict[str, Any]) -> None:
    """Puts back what `random_state` gave."""
    random.setstate(state["python"])
    algorithm, words, position, has_gauss, cached = state["numpy"]
    state_of_numpy = (algorithm, np.array(words, np.uint32), position, has_gauss, cached)
    np.random.set_state(state_of_numpy)  # noqa: NPY002
    torch.set_rng_state(state["torch"])
    if torch.cuda.is_available():  # of a machine with more or fewer GPUs, too
        for number, known in enumerate(state["cuda"][: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(known, number)


def versions() -> dict[str, str]:
    """Of what decides a run's numbers; a source tree that is not installed has none."""
    names = ("vidsynth-uda", "torch", "torchvision", "lightning-fabric", "numpy", "scikit-learn")
    return {name: _version(name) for name in names}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
