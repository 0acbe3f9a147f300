"""``target-aost.npz``: what AOST needs of a target, and nothing else. It may leave the owner.

It holds means over many tracklets: no image, no name, no number of a single tracklet.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.files import write_whole
from vidsynth.target.aost.means import Means
from vidsynth.target.pipe import Pipe

LARGEST = 4_000_000
"""Bytes of a companion file; clusters that go beyond are left out."""
LEAST_TRACKLETS = 200
"""Of a target whose means are written to a file: a mean of few is a picture of them."""
LEAST_IN_CLUSTER = 30
"""Tracklets of a cluster of its own."""
MARK = "head.npy"
"""The first member of every such file."""
_SCHEMA, _KIND = 1, "vidsynth-target-aost"


@dataclass(frozen=True)
class Cluster:
    """Tracklets that look alike: their ``share`` of all, and their means."""

    share: float
    means: Means


@dataclass(frozen=True)
class Companion:
    """A target as AOST sees it.

    ``network`` names the network and its weights, ``tracklets`` counts the target's. ``clusters``
    may be empty. Rendered images go through the target's ``pipe`` before they are compared.
    """

    network: str
    tracklets: int
    whole: Means
    clusters: tuple[Cluster, ...] = ()
    pipe: Pipe = field(default_factory=Pipe)


def write_companion(companion: Companion, path: Path) -> Companion:
    """Writes as many of the clusters as fit, greatest first, and returns what was written.

    Raises TargetError for a target of less than `LEAST_TRACKLETS`, or a network too large.
    """
    if companion.tracklets < LEAST_TRACKLETS:
        raise TargetError(
            f"Expected a target of at least {LEAST_TRACKLETS} tracklets, found "
            f"{companion.tracklets}: means of so few are nearly pictures of them, and are not "
            "written. Measure more, or select at the owner's: `vidsynth target select SET TARGET` "
            "takes the target's own folder, and keeps nothing of it."
        )
    clusters = sorted(companion.clusters, key=lambda cluster: -cluster.share)
    one = _bytes(companion.whole)
    room = max((LARGEST - one) // max(one, 1), 0)
    kept = replace(companion, clusters=tuple(clusters[:room]))
    content = _packed(kept)
    if len(content) > LARGEST:
        raise TargetError(
            f"Expected a companion of at most {LARGEST:,} bytes, found {len(content):,}."
        )
    write_whole(path, content)
    return kept


def read_companion(path: Path) -> Companion:
    """What a companion file holds. Raises TargetError for one that is damaged, foreign or of
    another version."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise ValueError(f"it has {size:,} bytes, more than {LARGEST:,}")
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            return _unpacked(dict(arrays))
    except FileNotFoundError:
        raise TargetError(
            f"Expected the means of a target at {path}, found no such file. Write it with "
            "`vidsynth target style DATA --layout LAYOUT --output FILE`."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise TargetError(
            f"Expected the means of a target in {path}, as `vidsynth target style` writes them, "
            f"but it cannot be read ({error}). Have its owner write it again."
        ) from None


def _packed(companion: Companion) -> bytes:
    shares = [round(cluster.share, 4) for cluster in companion.clusters]
    head = {
        "schema": _SCHEMA, "kind": _KIND, "network": companion.network,
        "tracklets": companion.tracklets, "shares": shares,
        "pipe": asdict(companion.pipe),
    }  # fmt: skip
    arrays: dict[str, np.ndarray] = {"head": np.array(json.dumps(head))}
    parts = [companion.whole, *(cluster.means for cluster in companion.clusters)]
    for number, means in enumerate(parts):
        name = f"m{number}_"
        arrays[f"{name}spread"] = np.array([means.content_spread, means.style_spread], np.float32)
        _pack(arrays, f"{name}content", means.content)
        for layer, gram in enumerate(means.grams):
            _pack(arrays, f"{name}gram{layer}", gram[np.tril_indices(len(gram))])
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _pack(arrays: dict[str, np.ndarray], name: str, values: np.ndarray) -> None:
    """Half floats of values divided by their greatest, which is kept in full."""
    most = float(np.abs(values).max()) or 1.0
    arrays[name] = (values / most).astype(np.float16)
    arrays[f"{name}_scale"] = np.array(most, np.float32)


def _unpack(arrays: dict[str, np.ndarray], name: str) -> np.ndarray:
    values = arrays[name].astype(np.float64) * float(arrays[f"{name}_scale"])
    if not np.isfinite(values).all():
        raise ValueError(f"{name} is not finite")
    return values


def _unpacked(arrays: dict[str, np.ndarray]) -> Companion:
    head = json.loads(str(arrays["head"]))
    if not isinstance(head, dict) or (head.get("kind"), head.get("schema")) != (_KIND, _SCHEMA):
        raise ValueError(f"its kind or version is another than {_KIND} {_SCHEMA}")
    shares = [float(share) for share in head["shares"]]
    parts = []
    for number in range(len(shares) + 1):
        name = f"m{number}_"
        content_spread, style_spread = (float(value) for value in arrays[f"{name}spread"])
        grams: list[np.ndarray] = []
        while f"{name}gram{len(grams)}" in arrays:
            grams.append(_square(_unpack(arrays, f"{name}gram{len(grams)}")))
        content = _unpack(arrays, f"{name}content")
        parts.append(Means(content, tuple(grams), content_spread, style_spread))
    whole, *rest = parts
    clusters = tuple(Cluster(s, means) for s, means in zip(shares, rest, strict=True))
    size, quality = head["pipe"]["resized_to"], head["pipe"]["jpeg_quality"]
    pipe = Pipe(
        None if size is None else (int(size[0]), int(size[1])),
        None if quality is None else int(quality),
    )
    return Companion(str(head["network"]), int(head["tracklets"]), whole, clusters, pipe)


def _square(half: np.ndarray) -> np.ndarray:
    """A symmetric matrix from its lower half."""
    size = int((np.sqrt(8 * len(half) + 1) - 1) / 2)
    gram = np.zeros((size, size))
    gram[np.tril_indices(size)] = half
    return gram + np.tril(gram, -1).T


def _bytes(means: Means) -> int:
    """Of one set of means in the file, at most."""
    halves = sum(len(gram) * (len(gram) + 1) // 2 for gram in means.grams)
    return 2 * (means.content.size + halves) + 4_000
