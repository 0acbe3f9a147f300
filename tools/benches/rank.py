"""What ranking a benchmark's gallery costs."""

from __future__ import annotations

import importlib.util
import json
import os
import time
from collections.abc import Callable
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

FASTER = 20
"""Times torchreid's Cython that Market-1501 should take less."""
MARS_SECONDS = 0.4

MODELS = {"strong": 1.0, "middling": 1.3, "weak": 1.8, "random": None}
"""How far a model's features scatter about their person, in distances between people."""


def rank(
    repeats: Annotated[int, typer.Option(min=1, help="Of ours; the fastest counts.")] = 5,
    extension: Annotated[
        Path | None,
        typer.Option(
            "--cython", help="torchreid's compiled rank_cy, if not in an installed torchreid."
        ),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the numbers here.")
    ] = None,
) -> None:
    """Rank galleries as large as Market-1501's and MARS's, by features good and bad.

    References: torchreid's Cython evaluator where there is one, and what the field's evaluators in
    Python do, an argsort of every row. Floor: one pass over the distances.
    """
    from uda.evaluation.ranking import evaluate

    cython = _cython(extension)
    numbers: dict[str, Any] = {"cores": os.cpu_count(), "cython": cython is not None}
    print(
        "reference: torchreid's compiled Cython and an argsort of every row"
        if cython
        else "reference: an argsort of every row; no compiled torchreid (name it with --cython)"
    )
    for model, scatter in MODELS.items():
        case = _benchmark(3368, 15913, 750, 2798, scatter)
        result, ours = _fastest(lambda: evaluate(*case), repeats)  # noqa: B023
        row = {"mean_ap": result.mean_ap, "seconds": ours}
        _, row["floor"] = _fastest(lambda: case[0].max(), repeats)  # noqa: B023
        mean_ap, row["argsort"] = _fastest(lambda: _by_argsort(*case), 1)  # noqa: B023
        _agree(result.mean_ap, mean_ap, 1e-12)
        if cython:
            (_, mean_ap), row["cython"] = _fastest(lambda: cython(*case, 50), 1)  # noqa: B023
            _agree(result.mean_ap, mean_ap, 1e-5)
        numbers[f"market1501_{model}"] = row
        print(
            f"Market-1501 size, {model} model (mAP {result.mean_ap:.1%}): {ours:.3f} s, "
            f"{ours / row['floor']:.1f} times the floor, "
            f"{row['argsort'] / ours:.0f} times faster than argsort"
            + (
                f", {row['cython'] / ours:.0f} times faster than Cython (aim: {FASTER})"
                if cython
                else ""
            )
        )
        mars = _benchmark(1980, 11310, 626, 3248, scatter)
        _, seconds = _fastest(lambda: evaluate(*mars), repeats)  # noqa: B023
        numbers[f"mars_{model}"] = {"seconds": seconds}
        print(f"MARS size, {model} model: {seconds:.3f} s (aim: under {MARS_SECONDS} s)")
    if json_file:
        json_file.write_text(json.dumps(numbers, indent=2) + "\n")


def _benchmark(
    queries: int, gallery: int, people: int, distractors: int, scatter: float | None
) -> tuple[np.ndarray, ...]:
    """Distances, identities and cameras of six cameras; identity 0 matches no query."""
    rng = np.random.default_rng(0)
    ids = [rng.integers(1, people + 1, n) for n in (queries, gallery)]
    ids[1][:distractors] = 0
    rng.shuffle(ids[1])
    cameras = [rng.integers(6, size=n) for n in (queries, gallery)]
    if scatter is None:
        return rng.random((queries, gallery), np.float32), *ids, *cameras
    centres = rng.standard_normal((people + 1, 128), np.float32)
    features = []
    for side in ids:
        each = centres[side]
        each[side == 0] = rng.standard_normal(((side == 0).sum(), 128), np.float32)
        # Some crops are much worse than others.
        noise = scatter * np.exp(0.3 * rng.standard_normal((len(side), 1), np.float32))
        each += noise * rng.standard_normal(each.shape, np.float32)
        features.append(each / np.linalg.norm(each, axis=1, keepdims=True))
    return 1 - features[0] @ features[1].T, *ids, *cameras


def _by_argsort(
    distances: np.ndarray,
    query_ids: np.ndarray,
    gallery_ids: np.ndarray,
    query_cameras: np.ndarray,
    gallery_cameras: np.ndarray,
) -> float:
    """mAP, one query after another."""
    order = np.argsort(distances, axis=1, kind="stable")
    precisions = []
    for row, person, camera in zip(order, query_ids, query_cameras, strict=True):
        kept = row[(gallery_ids[row] != person) | (gallery_cameras[row] != camera)]
        matches = gallery_ids[kept] == person
        if matches.any():
            precision = matches.cumsum() / np.arange(1, len(matches) + 1)
            precisions.append(precision[matches].mean())
    return float(np.mean(precisions))


def _cython(path: Path | None) -> Callable[..., Any] | None:
    """torchreid's ``evaluate_cy``; importing torchreid itself would need all it depends on."""
    installed = importlib.util.find_spec("torchreid")
    if path is None and installed is not None and installed.origin is not None:
        suffix = EXTENSION_SUFFIXES[0]
        path = next(Path(installed.origin).parent.rglob(f"rank_cy{suffix}"), None)
    if path is None:
        return None
    loader = ExtensionFileLoader("rank_cy", str(path))
    spec = importlib.util.spec_from_loader("rank_cy", loader)
    if spec is None:
        raise ImportError(f"expected torchreid's compiled rank_cy, found {path}")
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module.evaluate_cy  # type: ignore[no-any-return]


def _fastest(function: Callable[[], Any], repeats: int) -> tuple[Any, float]:
    """What the function returns, and the least seconds it took."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - begun)
    return result, min(times)


def _agree(ours: float, theirs: float, tolerance: float) -> None:
    if not abs(ours - theirs) < tolerance:
        raise AssertionError(f"expected one mAP of both, found {ours} and {theirs}")
