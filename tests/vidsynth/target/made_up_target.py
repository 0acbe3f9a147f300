"""Statistics and pools made of numbers alone, for tests of what is fitted to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from vidsynth.target.distances import RandomFourier
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.statistics import (
    Camera,
    Clothes,
    Correlation,
    Distribution,
    Embedding,
    Pooled,
    Privacy,
    Source,
    TargetStatistics,
    packed,
)


def around(name: str, middle: float, sd: float, **more: Any) -> Distribution:
    """A quantity that estimators found normally distributed."""
    quantity = QUANTITIES[name]
    below = stats.norm(middle, sd).cdf(quantity.edges)
    shares = np.diff(below)
    return Distribution(
        unit=quantity.unit,
        per=quantity.per,
        how=more.pop("how", "regressed+unfolded"),
        edges=tuple(quantity.edges),
        counts=tuple(np.round(shares / shares.sum(), 4)),
        **{"verdict": "unfold", "r2": 0.7, "mae": 2.0, **more},
    )


def a_target(
    *cameras: dict[str, Distribution],
    tracklets: tuple[int, ...] = (),
    together: tuple[str, str, float] | None = None,
    embedding: Embedding | None = None,
    clothes: Clothes | None = None,
) -> TargetStatistics:
    """Statistics of cameras with these quantities; two of them rank together as told."""
    counts = tracklets or (100,) * len(cameras)
    correlation = None
    if together is not None:
        first, second, rho = together
        correlation = Correlation(names=(first, second), spearman=((1, rho), (rho, 1)))
    pooled = {}
    for name, found in (cameras[0] if cameras else {}).items():
        shares = sum(n * camera[name].shares() for n, camera in zip(counts, cameras, strict=True))
        pooled[name] = found.model_copy(
            update={"counts": tuple(np.round(shares / shares.sum(), 4))}
        )
    return TargetStatistics(
        created_with="a test",
        source=Source(
            tracklets=sum(counts), images=8 * sum(counts), cameras=len(cameras), layout="folder"
        ),
        cameras=tuple(
            Camera(
                name=str(k), tracklets=n, images=8 * n, quantities=found, correlation=correlation
            )
            for k, (n, found) in enumerate(zip(counts, cameras, strict=True), 1)
        ),
        pooled=Pooled(quantities=pooled, correlation=correlation, embedding=embedding),
        clothes=clothes,
        privacy=Privacy(min_tracklets_per_bin=5, min_tracklets_per_camera=30, quantised=4),
    )


def embedded(features: np.ndarray, sigma: float = 4.0) -> Embedding:
    """The kernel mean of features (N, D) as a file holds it."""
    cosines = RandomFourier(features.shape[1], sigma)
    return Embedding(
        d=features.shape[1],
        features=cosines.features,
        seed=0,
        sigma=sigma,
        mean=packed(cosines.mean(features)),
    )


@dataclass
class MadeUpPool:
    """Images of numbers alone; ``features`` tell places and light."""

    truth: dict[str, np.ndarray]
    table: dict[str, list[Any]]
    image: np.ndarray
    photographed: np.ndarray
    usable: np.ndarray
    features: np.ndarray

    def __len__(self) -> int:
        return len(self.image)


def a_pool(count: int = 600, seed: int = 0) -> MadeUpPool:
    """Plaza and mall, noon and dusk, and photographs; features follow site, hour and exposure."""
    rng = np.random.default_rng(seed)
    site = rng.choice(["plaza", "mall", "picture"], count)
    photographed = site == "picture"
    outdoors = site == "plaza"
    hour = np.where(outdoors, rng.choice(["noon", "dusk"], count), "indoor")
    hour[photographed] = "picture"
    weather = np.where(outdoors, rng.choice(["sunny", "rain"], count), "indoor")
    weather[photographed] = "picture"
    background = np.where(photographed, rng.choice(["a.jpg", "b.jpg"], count), "")
    truth = {
        name: rng.uniform(QUANTITIES[name].low, QUANTITIES[name].high, count)
        for name in ("depression", "log_height", "gamma", "exposure", "contrast", "light_azimuth")
    }
    truth["occluder"] = (rng.random(count) < 0.25).astype(float)
    truth["companion"] = (rng.random(count) < 0.1).astype(float)
    features = np.stack(
        [
            3.0 * (site == "mall"),
            3.0 * photographed,
            3.0 * (hour == "dusk"),
            2.0 * truth["exposure"],
            rng.normal(size=count),
        ],
        axis=1,
    )
    table = {"site": site, "hour": hour, "weather": weather, "background": background}
    return MadeUpPool(
        truth,
        {name: values.tolist() for name, values in table.items()},
        np.arange(count),
        photographed,
        np.ones(count, bool),
        features,
    )
