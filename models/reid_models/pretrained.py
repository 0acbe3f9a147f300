"""Weights to start from: a published set, or a file."""

from __future__ import annotations

import hashlib
import pickle
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file as load_safetensors
from torch import nn

from reid_models import lora, packaged_weights
from reid_models.errors import ModelError
from reid_models.undamaged import load_undamaged

DAMAGED = (EOFError, KeyError, pickle.UnpicklingError, SafetensorError)
"""What reading a damaged file of weights ends in, beside OSError and RuntimeError."""
Rename = Callable[[str], str]
"""A parameter's name in published files, as it is here. Names of here it leaves alone."""


def load_imagenet(
    backbone: nn.Module, url: str | None, name: str, rename: Rename | None = None
) -> None:
    """Published ImageNet weights: from torch's cache, an installed package, or downloaded.

    Raises ModelError.
    """
    if url is None:
        raise ModelError(
            f"There are no ImageNet weights for {name}. Use `--pretrained none`, or "
            "`--pretrained FILE` with weights of your own."
        )
    if cached(url):
        path = _in_cache(url)
        fill(backbone, _undamaged(path), str(path), rename)
        return
    packaged = packaged_weights.find(name)
    if packaged is not None:
        fill_in_order(backbone, packaged)
        return
    try:
        state = torch.hub.load_state_dict_from_url(
            url, map_location="cpu", progress=False, check_hash=True, weights_only=True
        )
    except (OSError, RuntimeError, *DAMAGED) as error:
        raise unobtainable(name, f"in torch's cache or at {url}", error) from error
    fill(backbone, state, url, rename)


def cached(url: str) -> bool:
    """Whether torch's cache has the file at ``url``."""
    return _in_cache(url).is_file()


def _in_cache(url: str) -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]


def _undamaged(path: Path) -> Mapping[str, torch.Tensor]:
    """The state dict in torch's cache. ModelError: a disk or a download has damaged the file.

    torch compares the hash in a file's name when it downloads, and never again. Files of torch
    before 1.6 have no checksums of their own.
    """
    try:
        wanted = re.search(r"-([0-9a-f]{8,})\.", path.name)
        if wanted and not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if not found.startswith(wanted[1]):
                raise ValueError(f"its SHA-256 begins with {found[:8]}, not {wanted[1]}")
        state: Mapping[str, torch.Tensor] = load_undamaged(path)
        return state
    except (OSError, RuntimeError, ValueError, *DAMAGED) as error:
        raise ModelError(
            f"Expected the published weights that were downloaded to {path}, found a damaged file "
            f"({first_line(error)}). Delete it: the next run downloads it again."
        ) from error


def unobtainable(name: str, where: str, error: Exception) -> ModelError:
    """What is said when ImageNet weights can be had neither from a cache nor over the network."""
    return ModelError(
        f"Expected ImageNet weights for {name} {where}, but they could not be had "
        f"({first_line(error)}). Use `--pretrained none` to start from random weights, or download "
        "that file elsewhere and give its path: `--pretrained FILE`."
        f"{packaged_weights.advice(name)}"
    )


def load_file(backbone: nn.Module, path: Path, rename: Rename | None = None) -> None:
    """A backbone's weights out of a file: a state dict, or a checkpoint that holds one.

    Reads published files and this toolkit's own checkpoints, of which it takes the backbone.
    Raises ModelError.
    """
    fill(backbone, read(path), str(path), rename)


def read(path: Path) -> dict[str, torch.Tensor]:
    """The state dict in a PyTorch or safetensors file, of the backbone alone if it tells it apart.

    Raises ModelError.
    """
    return of_backbone(state_dict(path))


def state_dict(path: Path) -> dict[str, torch.Tensor]:
    """The state dict in a PyTorch or safetensors file, or in a checkpoint, low-rank parts merged.

    Raises ModelError.
    """
    try:
        content = _content(path)
    except FileNotFoundError as error:
        raise ModelError(
            f"Expected weights at {path}, found no such file. Give a file's path, `imagenet` or "
            "`none` to `--pretrained`."
        ) from error
    except (OSError, RuntimeError, ValueError, *DAMAGED) as error:
        raise ModelError(
            f"Expected PyTorch weights in {path}, but it cannot be read as such "
            f"({first_line(error)}). Save a state dict with torch.save, holding tensors and plain "
            "containers only."
        ) from error
    for key in ("model", "state_dict"):
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not isinstance(content, Mapping):
        raise ModelError(
            f"Expected a state dict in {path}, found {type(content).__name__}. Save it with "
            "torch.save(model.state_dict(), path)."
        )
    return lora.merged({str(key).removeprefix("module."): value for key, value in content.items()})


def of_backbone(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The part under the name ``backbone``, where there is one."""
    if any(key.startswith("backbone.") for key in state):
        return {
            key.removeprefix("backbone."): value
            for key, value in state.items()
            if key.startswith("backbone.")
        }
    return state


def fill(
    backbone: nn.Module,
    state: Mapping[str, torch.Tensor],
    origin: str,
    rename: Rename | None = None,
) -> None:
    """Copies the backbone's part of a state dict; every parameter must be there and fit."""
    named = {rename(key): value for key, value in state.items()} if rename else state
    wanted = backbone.state_dict()
    unfit = [
        key
        for key, value in wanted.items()
        if key not in named or getattr(named[key], "shape", None) != value.shape
    ]
    if unfit:
        raise ModelError(
            f"Expected weights for this backbone in {origin}, but {len(unfit)} of its "
            f"{len(wanted)} tensors are missing there or have another shape (first: {unfit[0]}). "
            "Choose the model these weights were made for, or `--pretrained none`."
        )
    backbone.load_state_dict({key: named[key] for key in wanted})


def fill_in_order(backbone: nn.Module, path: Path) -> None:
    """Copies a file's tensors into ``backbone`` one by one: same order and shapes, other names.

    Counters of batches are left alone on both sides, and what the file has beyond the backbone, a
    classifier, is left out. Raises ModelError unless all shapes agree.
    """
    given = [value for key, value in state_dict(path).items() if not _counts(key)]
    wanted = {key: value for key, value in backbone.state_dict().items() if not _counts(key)}
    unlike = [
        key
        for (key, here), there in zip(wanted.items(), given, strict=False)
        if here.shape != there.shape
    ]
    if unlike or len(given) < len(wanted):
        raise ModelError(
            f"Expected the backbone's {len(wanted)} tensors in {path}, in its order, found "
            f"{len(given)}, {len(unlike)} of another shape (first: {(unlike or ['none'])[0]}). "
            "Choose the model these weights were made for, or `--pretrained none`."
        )
    with torch.no_grad():
        for here, there in zip(wanted.values(), given, strict=False):
            here.copy_(there)


def first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _content(path: Path) -> object:
    if path.suffix == ".safetensors":
        return load_safetensors(path)
    return load_undamaged(path)


def _counts(key: str) -> bool:
    """Whether a tensor counts the batches that a norm has seen."""
    return key.endswith("num_batches_tracked")
