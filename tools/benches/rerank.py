"""What k-reciprocal re-ranking costs beyond the feature product."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Annotated, Any

import numpy as np
import typer

SIZES = {"mars": (1_980, 11_310, 626), "msmt17": (11_659, 82_161, 3_060)}
LIMITS = {"mars": "at most 3 s and 1 GB beyond the product", "msmt17": "under 12 GB"}

_MEASURE = """
import json, resource, sys, time
import numpy as np
sys.path.insert(0, {folder!r})
from benches.rerank import features, ours, placed, wait, {function}
query, gallery = (placed(side, {gpu}) for side in features({size!r}, {width}))
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
if {gpu}:  # a context and its kernels are made once in a process
    ours(query[:200], gallery[:1000])
    wait()
before, began = peak(), time.perf_counter()
{function}(query, gallery)
if {gpu}:
    wait()
print(json.dumps([time.perf_counter() - began, peak() - before, peak()]))
"""


def rerank(
    size: Annotated[str, typer.Option(help="mars or msmt17.")] = "mars",
    width: Annotated[int, typer.Option(min=2, help="Of a feature.")] = 2_048,
    reference: Annotated[
        bool, typer.Option(help="Also the dense NumPy implementation (4 GB at MARS size).")
    ] = True,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda; dense is always NumPy.")] = "auto",
) -> None:
    """Re-rank clustered features of a benchmark's size; each part in a process of its own.

    The feature product is every distance once, in blocks. The reference is the published algorithm
    on matrices of all pairs, written anew with NumPy, as people run it.
    """
    if size not in SIZES:
        raise typer.BadParameter(f"expected one of {', '.join(SIZES)}, found {size}")
    import torch

    gpu = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    product = _measure("product", size, width, gpu)
    ours = _measure("ours", size, width, gpu)
    queries, gallery, _ = SIZES[size]
    print(f"{queries:,} x {gallery:,}, {width}-d (aim: {LIMITS[size]})")
    print(f"feature product alone: {product[0]:.2f} s")
    print(
        f"ours: {ours[0]:.2f} s, {ours[0] - product[0]:.2f} s beyond the product; "
        f"{ours[1]:.2f} GB more than the features, {ours[2]:.2f} GB in all"
    )
    if reference and size == "mars":
        dense = _measure("dense", size, width, gpu=False)
        print(
            f"dense NumPy: {dense[0]:.1f} s, {dense[1]:.2f} GB more; "
            f"{dense[0] / ours[0]:.1f} times ours in time, {dense[1] / ours[1]:.0f} in memory"
        )


def features(size: str, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Of length 1, float32, around one centre for each person."""
    queries, gallery, people = SIZES[size]
    rng = np.random.default_rng(0)
    found = rng.normal(size=(people, width)).astype(np.float32)
    found = found[rng.integers(0, people, queries + gallery)]
    for row in found:  # a row at a time: no second array of that size
        row += rng.standard_normal(width, np.float32)
        row /= np.linalg.norm(row)
    return found[:queries], found[queries:]


def placed(features: np.ndarray, gpu: bool) -> Any:
    """The features, on a GPU as the extraction leaves them there."""
    import torch

    return torch.from_numpy(features).cuda() if gpu else features


def wait() -> None:
    import torch

    torch.cuda.synchronize()


def product(query: Any, gallery: Any) -> None:
    import torch

    every = torch.cat([torch.as_tensor(query), torch.as_tensor(gallery)])
    rows = max(1, 2**24 // len(every))
    for start in range(0, len(every), rows):
        every[start : start + rows] @ every.T


def ours(query: Any, gallery: Any) -> None:
    from uda.comparing.rerank import k_reciprocal_blocks

    for _ in k_reciprocal_blocks(query, gallery):
        pass


def dense(query: np.ndarray, gallery: np.ndarray, k1: int = 20, k2: int = 6) -> None:
    """All pairs at once, neighbours by a full sort of every row."""
    every = np.concatenate([query, gallery])
    distance = 2 - 2 * (every @ every.T)
    distance /= distance.max(1, keepdims=True)
    ranks = np.argsort(distance, 1).astype(np.int32)
    weights = np.zeros_like(distance)
    half = round(k1 / 2)
    for item in range(len(every)):
        near = _reciprocal(ranks, item, k1)
        members = near
        for candidate in near:
            core = _reciprocal(ranks, candidate, half)
            if len(np.intersect1d(core, near)) > 2 / 3 * len(core):
                members = np.append(members, core)
        members = np.unique(members)
        weight = np.exp(-distance[item, members])
        weights[item, members] = weight / weight.sum()
    weights = np.stack([weights[row[:k2]].mean(0) for row in ranks])
    holders = [np.flatnonzero(weights[:, column]) for column in range(len(every))]
    for item in range(len(query)):
        shared = np.zeros(len(every), np.float32)
        for column in np.flatnonzero(weights[item]):
            rows = holders[column]
            shared[rows] += np.minimum(weights[item, column], weights[rows, column])
        distance[item] = 0.7 * (1 - shared / (2 - shared)) + 0.3 * distance[item]


def _reciprocal(ranks: np.ndarray, item: int, k: int) -> np.ndarray:
    forward = ranks[item, : k + 1]
    return forward[(ranks[forward, : k + 1] == item).any(1)]


def _measure(function: str, size: str, width: int, gpu: bool) -> tuple[float, float, float]:
    """Seconds, GB more than the features, GB in all, in a process of its own."""
    code = _MEASURE.format(folder=sys.path[0], function=function, size=size, width=width, gpu=gpu)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    seconds, more, peak = json.loads(done.stdout)
    return seconds, more, peak
