"""Rows 5 and 6: what is rendered from a fitted config, against hidden and real targets."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from benches.target import PIPE, Row
from benches.target_unfolding import TOGETHER, Hidden, draw_hidden, normal

from vidsynth.config.images import ImageConfig
from vidsynth.planning.framing import Framing
from vidsynth.planning.images import ImagePlan
from vidsynth.settings import load_image_config
from vidsynth.target.comparing import Features, Place, compare_features, compare_quantities
from vidsynth.target.defaults import pool_features
from vidsynth.target.distances import wasserstein
from vidsynth.target.estimators import Estimators
from vidsynth.target.estimators_file import read_estimators
from vidsynth.target.fitted_file import write_fitted
from vidsynth.target.fitting_sets import fit_measured
from vidsynth.target.looking import layout_of, look
from vidsynth.target.measuring import Measured
from vidsynth.target.pool import read_pool
from vidsynth.target.quantities import LUMA_QUANTILES
from vidsynth.target.statistics import TargetStatistics, encoded
from vidsynth.target.summary import Rules, summarise

SMALL = (
    "identities=50", "test_share=0", "cameras=25", "cameras_per_identity=1",
    "images_per_camera=4", "quality=fast", "seed=11",
)  # fmt: skip
"""200 images of 50 people, the same ones by default and fitted."""
HIDDEN = {
    "level and near": {
        "depression": normal(8, 5, -5, 65), "log_height": normal(5.5, 0.15, 3.4, 5.7),
        "gamma": normal(1.3, 0.12, 0.4, 2.2),
    },
    "dark and small": TOGETHER["dark and small"],
}  # fmt: skip
"""Hidden targets of which several quantities are shifted at once."""
LIMITS = {"depression": 0.25, "log_height": 0.25, "gamma": 0.4}


def target_fit(
    pool: Annotated[Path, typer.Option(help="Pool that scenes are weighed over.")],
    hidden: Annotated[Path, typer.Option(help="Pool of other people: the hidden target.")],
    estimators: Annotated[Path, typer.Option(help="Trained on --pool.")],
    real: Annotated[
        Path | None, typer.Option(help="A real MARS tree, fitted to its training people.")
    ] = None,
    default: Annotated[
        Path | None, typer.Option(help="Images of the default config, rendered already.")
    ] = None,
    fitted: Annotated[
        Path | None, typer.Option(help="Images of the fitted config, rendered already.")
    ] = None,
) -> None:
    """Fit to a hidden and to a real target, render, and say how much nearer that is."""
    net = read_estimators(estimators)
    for row in hidden_rows(net, pool, hidden):
        print(row, flush=True)
    if real is not None:
        with tempfile.TemporaryDirectory(prefix="fitted-") as made:
            for row in real_rows(net, pool, real, default, fitted, Path(made)):
                print(row, flush=True)


def hidden_rows(net: Estimators, pool: Path, hidden: Path) -> Iterator[Row]:
    """Row 5: labels of what the fitted config plans, against the hidden target's."""
    usual = labels(load_image_config(None, SMALL))
    for number, (title, draws) in enumerate(HIDDEN.items()):
        drawn = draw_hidden(read_pool(hidden, 4), draws, np.random.default_rng(50 + number))
        yield from _hidden_rows(net, pool, title, drawn, usual)


def _hidden_rows(
    net: Estimators, pool: Path, title: str, drawn: Hidden, usual: Mapping[str, np.ndarray]
) -> Iterator[Row]:
    statistics = summarise(_as_measured(net, drawn), "images", net, Rules())
    for share in (0.0, 0.2):
        found = fit_measured(statistics, net, None, pool, defensive=share)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "fitted.yaml"
            write_fitted(file, found.settings)
            ours = labels(load_image_config(file, SMALL))
        for name, limit in LIMITS.items():
            before = wasserstein(usual[name], drawn.truth[name])
            after = wasserstein(ours[name], drawn.truth[name])
            yield Row(
                5,
                f"{title}, defensive {share:g}: W1 of {name} at most {limit:.0%} of before",
                f"{after:.3g} of {before:.3g}, {after / before:.0%}",
                after <= limit * before,
            )


def labels(config: ImageConfig) -> dict[str, np.ndarray]:
    """Depression, ln of height and gamma of all images that a config plans."""
    plan = ImagePlan(config)
    found: dict[str, list[float]] = {name: [] for name in LIMITS}
    for outline in plan.outlines:
        for take in plan.shot(outline.index).takes:
            framing = take.camera
            assert isinstance(framing, Framing)
            found["depression"].append(framing.view.depression)
            found["log_height"].append(float(np.log(framing.view.height)))
            found["gamma"].append(framing.photometry.gamma)
    return {name: np.array(values) for name, values in found.items()}


def _as_measured(net: Estimators, hidden: Hidden) -> Measured:
    """Every crop as a tracklet of its own."""
    reading = net.of(hidden.described)
    count = len(hidden.described)
    found = Measured(
        cameras=[""] * count,
        lengths=[1] * count,
        values=[
            {name: np.array([of[k]], np.float32) for name, of in reading.estimates.items()}
            | {"luma_q50": np.array([0.45], np.float32)}
            for k in range(count)
        ],
        powers=[np.full(3, 0.2)] * count,
        clothes=[np.full((1, 2, 3), 0.4, np.float32)] * count,
        features=[reading.features[k : k + 1] for k in range(count)],
        grey=[False] * count,
        sizes=Counter({PIPE.resized_to: count}),
        tables=Counter({None: count}),
    )
    return found


def real_rows(
    net: Estimators, pool: Path, real: Path, default: Path | None, fitted: Path | None, made: Path
) -> Iterator[Row]:
    """Row 6: measured on training people, compared on test people, with renders of both configs."""
    seen = look(real, "mars", net, part="train")
    statistics = summarise(seen, "mars", net, Rules())
    size = len(encoded(statistics))
    yield Row(2, "target.json of at most 200,000 bytes", f"{size:,}", size <= 200_000)
    pool_features(read_pool(pool), net)
    began = time.process_time()
    found = fit_measured(statistics, net, seen, pool)
    seconds = time.process_time() - began
    yield Row(2, "fitting takes at most 30 s", f"{seconds:.1f} s", seconds <= 30)
    yield _level(statistics)
    file = made / "fitted.yaml"
    write_fitted(file, found.settings)
    sets = {
        "default": default or _rendered(load_image_config(None, SMALL), made / "default"),
        "fitted": fitted or _rendered(load_image_config(file, SMALL), made / "fitted"),
    }
    looked = {name: look(root, layout_of(root), net, pipe=PIPE) for name, root in sets.items()}
    unseen = look(real, "mars", net, part="test")
    place = Place.of_crops(Features.of(unseen.features), net.sigma)
    embedded = {name: Features.of(of.features) for name, of in looked.items()}
    limits = {"fd": 0.75, "mmd2": 0.65}
    for distance in compare_features(place, embedded, {}):
        before, after = distance.of["default"], distance.of["fitted"]
        floor = "" if distance.floor is None else f", floor {distance.floor:.3g}"
        limit = limits.get(distance.name)
        if limit is not None:
            yield Row(
                6,
                f"{distance.name} to people of the test part, at most {limit:.0%} of before",
                f"{after:.3g} of {before:.3g}, {after / before:.0%}{floor}",
                after <= limit * before,
            )
        elif distance.name == "auc":
            yield Row(6, "auc, no demand", f"{after:.3f}, before {before:.3f}", True)
    target = summarise(unseen, "mars", net, Rules())
    summed = {name: summarise(of, "images", net, Rules()) for name, of in looked.items()}
    yield from _luma(target, summed)


def _level(statistics: TargetStatistics) -> Row:
    depression = statistics.pooled.quantities["depression"]
    reached = np.concatenate([[0.0], np.cumsum(depression.shares())])
    middle = float(np.interp(0.5, reached, depression.edges))
    return Row(6, "median depression of at most 8 degrees", f"{middle:.1f}", middle <= 8)


def _luma(target: TargetStatistics, sets: Mapping[str, TargetStatistics]) -> Iterator[Row]:
    names = [f"luma_q{q:02d}" for q in LUMA_QUANTILES]
    found = {d.name: d.of for d in compare_quantities(target, sets)}
    worst = max((found[name]["fitted"], name) for name in names)
    mean, before = (
        float(np.mean([found[name][of] for name in names])) for of in ("fitted", "default")
    )
    yield Row(
        6,
        "W1 of quantiles of luma at most 0.04, on average",
        f"{mean:.3f}, before {before:.3f}, worst {worst[0]:.3f}",
        mean <= 0.04,
    )


def _rendered(config: ImageConfig, root: Path) -> Path:
    from vidsynth.run.job import render

    render(config, root)
    return root
