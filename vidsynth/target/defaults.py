"""What serves who brings nothing but a target: estimators, and features of a pool, in the cache.

They are of renders alone: nothing of a target is kept but the size and coding of its files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import platformdirs

from vidsynth.errors import TargetError
from vidsynth.target.crops import Crop
from vidsynth.target.estimators import LOOKS, Estimators
from vidsynth.target.estimators_file import read_estimators, write_estimators
from vidsynth.target.pipe import Pipe
from vidsynth.target.pool import Pool, read_pool
from vidsynth.target.pool_rendering import kept_pool

Say = Callable[[str], None]
_BATCH = 64


def default_estimators(pipe: Pipe, say: Say, pool: Path | None = None) -> Estimators:
    """Estimators for crops that went through ``pipe``, trained on a pool (the default one where
    none is given) where they are not there yet."""
    root = pool or kept_pool()
    size = "any" if pipe.resized_to is None else "{}x{}".format(*pipe.resized_to)
    name = f"{read_pool(root).mark}-{size}-{pipe.jpeg_quality or 'as-it-is'}.safetensors"
    file = _cache("estimators") / name
    try:
        return read_estimators(file)
    except TargetError:
        say("Training estimators on the pool: some minutes, once for files of this size.")
    found = Estimators.train(read_pool(root, LOOKS), pipe)
    write_estimators(found, file)
    return found


def pool_features(pool: Pool, estimators: Estimators) -> np.ndarray:
    """Features (N, D) of a pool's rows after the estimators' pipe; kept, as they take a minute."""
    what = hashlib.sha256(f"{pool.mark} {len(pool)} {estimators.mark}".encode()).hexdigest()[:16]
    file = _cache("features") / f"{what}.npy"
    if file.is_file():
        try:
            found: np.ndarray = np.load(file)
            if len(found) == len(pool):
                return found
        except (OSError, ValueError):
            pass  # damaged: made anew
    found = np.concatenate([estimators.features(batch) for batch in _batches(pool, estimators)])
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as written:
        np.save(written, found)
    return found


def _batches(pool: Pool, estimators: Estimators) -> Iterator[list[Crop]]:
    batch: list[Crop] = []
    for pixels in pool.pixels():
        batch.append(Crop.of(estimators.pipe.apply(pixels)))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _cache(kind: str) -> Path:
    return Path(platformdirs.user_cache_dir("vidsynth")) / kind
