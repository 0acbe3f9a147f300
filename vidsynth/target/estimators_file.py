"""Estimators in a .safetensors file: arrays, and a header of what made them and what they fit."""

from __future__ import annotations

import hashlib
import json
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from vidsynth.errors import TargetError
from vidsynth.files import write_whole
from vidsynth.target import features
from vidsynth.target.basis import Basis
from vidsynth.target.calibrating import Trust
from vidsynth.target.estimators import Estimators, Linear
from vidsynth.target.known import Half
from vidsynth.target.net_b import ConvNet
from vidsynth.target.pipe import Pipe
from vidsynth.target.quantities import QUANTITIES

FORMAT = 1
"""Raised whenever what a file holds means something else."""
KIND = "vidsynth-estimators"
_HALVES: tuple[Half, ...] = ("sites", "photographs")


def write_estimators(estimators: Estimators, path: Path) -> None:
    """Writes the file, whole or not at all."""
    header, arrays = _taken_apart(estimators)
    header["mark"] = mark(estimators)
    content = save(arrays, {"vidsynth": json.dumps(header, sort_keys=True)})
    write_whole(path, content)


def read_estimators(path: Path) -> Estimators:
    """The estimators in a file.

    Raises TargetError where it is no such file, damaged, or made for another version or other
    weights of the network.
    """
    try:
        with safe_open(path, "numpy") as file:
            header = json.loads((file.metadata() or {}).get("vidsynth", "{}"))
            if header.get("kind") != KIND:
                raise _not(path, "another kind of file")
            _check_fits(header, path)
            arrays = {name: file.get_tensor(name) for name in header["arrays"]}
        found = _put_together(header, arrays)
    except FileNotFoundError:
        raise _not(path, "no such file") from None
    except IsADirectoryError:
        raise _not(path, "a folder") from None
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _not(path, f"a damaged one ({str(error).splitlines()[0]})") from None
    if mark(found) != header["mark"]:
        raise _not(path, "a damaged one (its checksum differs)")
    return found


def mark(estimators: Estimators) -> str:
    """SHA-256 of all that estimators are made of, 16 digits."""
    header, arrays = _taken_apart(estimators)
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:16]


def _taken_apart(estimators: Estimators) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    basis = estimators.basis
    arrays = {f"basis.{name}": getattr(basis, name) for name in _ARRAYS_OF_BASIS}
    fits: dict[str, Linear] = {}
    whole = estimators.whole
    if isinstance(whole, ConvNet):
        arrays |= {f"net.{name}": value for name, value in whole.state.items()}
        arrays |= {"net_mean": whole.mean, "net_sd": whole.sd}
    else:
        fits["whole"] = whole
    fits |= {half: fit for half, fit in estimators.halves.items()}
    for name, fit in fits.items():
        arrays |= {f"{name}.weights": fit.weights, f"{name}.offset": fit.offset}
    for name in estimators.names:
        arrays[f"truth.{name}"] = estimators.truth[name]
        arrays[f"held_out.{name}"] = estimators.held_out[name]
    if estimators.counts is not None:
        arrays["counts"] = estimators.counts
    arrays = {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in arrays.items()}
    arrays["tracklet"] = np.ascontiguousarray(estimators.tracklet, dtype=np.int32)
    arrays["sample"] = np.ascontiguousarray(estimators.sample, dtype=np.float32)
    pipe = estimators.pipe
    header: dict[str, Any] = {
        "arrays": sorted(arrays),
        "kind": KIND,
        "format": FORMAT,
        "created_with": f"vidsynth {metadata.version('vidsynth-uda')}",
        "network": features.NAME,
        "weights": estimators.weights,
        "pool": estimators.pool,
        "looks": estimators.looks,
        "pipe": {"resized_to": pipe.resized_to, "jpeg_quality": pipe.jpeg_quality},
        "names": list(estimators.names),
        "ranges": {name: _range(name) for name in estimators.names},
        "trust": {
            name: [getattr(trust, field) for field in _NUMBERS] + [trust.verdict]
            for name, trust in estimators.trust.items()
        },
    }
    return header, arrays


def _put_together(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> Estimators:
    names = tuple(header["names"])
    size = header["pipe"]["resized_to"]
    return Estimators(
        names=names,
        pipe=Pipe(None if size is None else (size[0], size[1]), header["pipe"]["jpeg_quality"]),
        pool=header["pool"],
        looks=header["looks"],
        weights=header["weights"],
        basis=Basis(**{name: arrays[f"basis.{name}"] for name in _ARRAYS_OF_BASIS}),
        whole=_whole(names, arrays),
        halves={
            half: Linear(arrays[f"{half}.weights"], arrays[f"{half}.offset"])
            for half in _HALVES
            if f"{half}.weights" in arrays
        },
        truth={name: arrays[f"truth.{name}"] for name in names},
        held_out={name: arrays[f"held_out.{name}"] for name in names},
        tracklet=arrays["tracklet"],
        trust={name: Trust(*header["trust"][name]) for name in names},
        sample=arrays["sample"],
        counts=arrays.get("counts"),
    )


def _whole(names: tuple[str, ...], arrays: dict[str, np.ndarray]) -> Linear | ConvNet:
    state = {name[4:]: value for name, value in arrays.items() if name.startswith("net.")}
    if state:
        return ConvNet(names, arrays["net_mean"], arrays["net_sd"], state)
    return Linear(arrays["whole.weights"], arrays["whole.offset"])


def _check_fits(header: dict[str, Any], path: Path) -> None:
    """Raises TargetError where these estimators would say something wrong here."""
    wrong = []
    if header.get("format") != FORMAT:
        wrong.append(f"format {header.get('format')} and not {FORMAT}")
    if header.get("network") != features.NAME:
        wrong.append(f"features {header.get('network')} and not {features.NAME}")
    elif header.get("weights") != features.weights_mark():
        wrong.append("other weights of the network than those installed")
    ranges = header.get("ranges", {})
    other = [name for name in header.get("names", ()) if ranges.get(name) != _range(name)]
    if other:
        wrong.append(f"another range of {', '.join(other)}")
    if wrong:
        raise TargetError(
            f"Expected estimators that fit this version of the toolkit in {path}, found "
            f"{' and '.join(wrong)} (by {header.get('created_with')}). Train them anew with "
            "`vidsynth target estimators`, and measure targets with them again."
        )


def _range(name: str) -> list[float] | None:
    quantity = QUANTITIES.get(name)
    return None if quantity is None else [float(quantity.low), float(quantity.high)]


def _not(path: Path, found: str) -> TargetError:
    return TargetError(
        f"Expected a file that `vidsynth target estimators` wrote at {path}, found {found}. "
        "Make one, or give another path."
    )


_ARRAYS_OF_BASIS = (
    "network_mean", "network_sd", "components", "component_sd", "pixels_mean", "pixels_sd",
)  # fmt: skip
_NUMBERS = ("r2", "slope", "mae", "guess", "auc")
