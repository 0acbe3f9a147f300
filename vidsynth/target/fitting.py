"""From statistics of a target to settings that render what it looks like.

What can be estimated is rendered from its distributions, row by row (`rows`); for the rest, images
of a pool get weights that bring their features near the target's (`scenes`). What a model told of
its people becomes shares of them (`attributes.people`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vidsynth.config.images import ImageConfig
from vidsynth.config.tracklets import TrackletConfig
from vidsynth.errors import TargetError
from vidsynth.target.attributes.counting import over_cameras
from vidsynth.target.attributes.people import people_settings
from vidsynth.target.distances import RandomFourier
from vidsynth.target.rows import (
    CAMERA_COLUMNS,
    DEFENSIVE,
    IMAGE_COLUMNS,
    Columns,
    Rows,
    bounds_of,
    camera_rows,
    identified,
    image_rows,
    in_frame,
)
from vidsynth.target.scenes import Images, KernelMean, Scenes, near, scenes, weigh_pool
from vidsynth.target.statistics import TargetStatistics
from vidsynth.target.video.settings import mean, tracklet_settings

TABLE = "target"
LEFT_OUT = ("depression", "log_height", "azimuth", "light_elevation", "light_intensity")
"""What is as by default where no estimator can tell: weights over a pool do not find geometry, and
strong light of any height together with a long exposure, each weighed alone, leaves white paper."""


@dataclass(frozen=True)
class Fitted:
    """``settings`` are a config for both render commands, with what is common at its top;
    ``report`` says how they came about."""

    settings: dict[str, Any]
    report: dict[str, Any]


def kernel_mean(statistics: TargetStatistics) -> KernelMean | None:
    """Where the target lies among features, where its file says so."""
    found = statistics.pooled.embedding
    if found is None:
        return None
    cosines = RandomFourier(found.d, found.sigma, found.features, found.seed)
    return KernelMean(cosines, found.vector())


def fit(
    statistics: TargetStatistics,
    pool: Images | None = None,
    features: np.ndarray | None = None,
    target: KernelMean | None = None,
    *,
    photographs: Path | None = None,
    defensive: float = DEFENSIVE,
    seed: int = 0,
) -> Fitted:
    """Settings for a target.

    Args:
        statistics: of the target.
        pool: rendered images with their truth; None: nothing but rows is fitted.
        features: of the pool's rows (N, D), by the estimators that measured the target.
        target: where the target lies among them; None: as the statistics say, if they do.
        photographs: folder of those behind people in the pool.
        defensive: share of everything that is as broad as without a target.
        seed: of the rows that are drawn.

    Raises TargetError where the statistics hold nothing to fit to.
    """
    known = identified(statistics.pooled)
    target = target or kernel_mean(statistics)
    images = image_rows(statistics, defensive=defensive, seed=seed)
    cameras = camera_rows(statistics, defensive=defensive, seed=seed)
    told = over_cameras(statistics.attributes)
    if images is None and not told and (pool is None or features is None or target is None):
        raise TargetError(
            "Expected statistics with distributions that estimators made, with an embedding "
            f"and a pool to weigh, or with attributes, found {_what(statistics)}. Measure the "
            "target with --estimators or --attributes; an embedding takes 200 tracklets, or "
            "--crops with the target's own folder."
        )
    report: dict[str, Any] = {
        "identified": list(known),
        "refused": [
            name
            for name, found in statistics.pooled.quantities.items()
            if found.how.startswith("regressed") and name not in known
        ],
        "defensive": defensive,
    }
    seen = None
    if pool is not None and features is not None and target is not None:
        there = near(pool, {name: statistics.pooled.quantities[name] for name in known})
        weighing = weigh_pool(features, there, target)
        unknown = [name for name in IMAGE_COLUMNS if name not in (*known, *LEFT_OUT)]
        seen = scenes(pool, there, weighing.weights, unknown, defensive=defensive)
        report["weights"] = {
            "images": len(there),
            "effective_sample": round(weighing.sample, 1),
            "strength": weighing.strength,
        }
    people = people_settings(told, statistics.clothes, defensive)
    report["people"] = people.report
    settings = _settings(statistics, people.settings, images, cameras, seen, photographs, defensive)
    return Fitted(settings, report)


def _settings(
    statistics: TargetStatistics,
    people: dict[str, Any],
    images: Rows | None,
    cameras: Rows | None,
    seen: Scenes | None,
    photographs: Path | None,
    defensive: float,
) -> dict[str, Any]:
    common: dict[str, Any] = dict(people)
    for_images: dict[str, Any] = {}
    for_tracklets = tracklet_settings(
        statistics.pooled.quantities, statistics.source.fps, defensive
    )
    if images is not None:
        for_images["tables"] = {TABLE: _table(images, "image")}
        if "view.height" in images.columns:
            for_images["view"] = {"height_jitter": 1}
    if cameras is not None:
        cameras, frame = in_frame(cameras)
        for_tracklets["tables"] = {TABLE: _table(cameras, "camera")}
        if frame is not None:
            for_tracklets["camera"] = for_tracklets.get("camera", {}) | frame
    if seen is not None:
        common |= _places(seen, photographs)
        _set_histograms(for_images, seen, IMAGE_COLUMNS, ImageConfig)
        _set_histograms(for_tracklets, seen, CAMERA_COLUMNS, TrackletConfig)
        for name, section in (("occluder", "occluders"), ("companion", "companion")):
            if name in seen.shares:
                share = round(min(1.0, seen.shares[name]), 3)
                for_images[section] = {"probability": share}
    for name, section in (("occluder", "occluders"), ("companion", "companion")):
        if name in identified(statistics.pooled):
            share = mean(statistics.pooled.quantities[name])
            for_images[section] = {"probability": round(share, 3)}
    return {**common, "render-images": for_images, "render-tracklets": for_tracklets}


def _places(seen: Scenes, photographs: Path | None) -> dict[str, Any]:
    """Weights of sites, hours, weathers and photographs, of those that the pool has."""
    found: dict[str, Any] = {}
    for key, shares in (("sites", seen.sites), ("hours", seen.hours), ("weathers", seen.weathers)):
        if shares:
            found[key] = _choice(shares)
    if photographs is not None and seen.photographs:
        found["backgrounds"] = {
            "directory": str(photographs),
            "share": round(seen.photographed, 3),
            "pictures": _choice(seen.photographs),
        }
    return found


def _choice(shares: dict[str, float]) -> dict[str, Any]:
    kept = {name: round(share, 3) for name, share in shares.items() if round(share, 3) > 0}
    return {"choice": list(kept), "weights": list(kept.values())}


def _set_histograms(
    settings: dict[str, Any],
    seen: Scenes,
    columns: Columns,
    kind: type[ImageConfig] | type[TrackletConfig],
) -> None:
    bounds = bounds_of(kind)
    for name, (edges, shares) in seen.spread.items():
        if name not in columns:
            continue
        setting, become = columns[name]
        low, high, whole = bounds[setting]
        ends = np.clip(become(edges), low, high)
        ends = np.round(ends) if whole else np.round(ends, 4)
        wide = np.diff(ends) > 0
        if not wide.any():
            continue
        section, _, key = setting.partition(".")
        kept = np.concatenate([ends[:-1][wide], ends[1:][wide][-1:]])
        drawn: dict[str, Any] = {
            "histogram": {"edges": kept.tolist(), "counts": np.round(shares[wide], 4).tolist()}
        }
        if kind is ImageConfig:
            drawn["per"] = "image"
        settings.setdefault(section, {})[key] = drawn


def _table(rows: Rows, per: str) -> dict[str, Any]:
    return {
        "per": per,
        "columns": list(rows.columns),
        "rows": [[float(f"{value:.4g}") for value in row] for row in rows.values],
    }


def _what(statistics: TargetStatistics) -> str:
    embedding = "no embedding" if statistics.pooled.embedding is None else "an embedding"
    return f"{len(identified(statistics.pooled))} such distributions, {embedding}"
