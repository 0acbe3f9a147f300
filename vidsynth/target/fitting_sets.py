"""From statistics, or a folder of crops, to a config file: with pool and estimators, and no more
questions than a newcomer can answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strict_reading import Unreadable, parse_json, read_text
from vidsynth.config import TrackletConfig
from vidsynth.errors import TargetError
from vidsynth.files import write_whole
from vidsynth.run.description import read_description
from vidsynth.target import statistics as files
from vidsynth.target.attributes.predicted import Predicted, read_predicted
from vidsynth.target.comparing import Features, Place
from vidsynth.target.crops import first_frames
from vidsynth.target.defaults import default_estimators, pool_features
from vidsynth.target.estimators import Estimators
from vidsynth.target.estimators_file import write_estimators
from vidsynth.target.fitted_file import write_fitted
from vidsynth.target.fitting import Fitted, fit, kernel_mean
from vidsynth.target.layouts import Part, read_target
from vidsynth.target.looking import layout_of, look
from vidsynth.target.measuring import Measured
from vidsynth.target.pipe import Pipe
from vidsynth.target.pool import read_pool
from vidsynth.target.pool_rendering import kept_pool
from vidsynth.target.rows import DEFENSIVE
from vidsynth.target.scenes import KernelMean
from vidsynth.target.second_round import learn_again, nearness, render_round
from vidsynth.target.sets import estimators_for
from vidsynth.target.statistics import TargetStatistics
from vidsynth.target.summary import Rules, summarise
from vidsynth.target.video.network import write_network

Say = Callable[[str], None]
_CROPS = "crops"
"""Key of a report: what settings were fitted to, where that were crops and not statistics."""
_PIPED = 40
"""Tracklets that are looked at for what files went through."""


@dataclass(frozen=True)
class Crops:
    """Where a target's crops lie; ``layout`` None: as it looks."""

    root: Path
    layout: str | None = None
    part: Part = "train"

    @property
    def laid_out(self) -> str:
        """The layout. Raises TargetError where there is no such folder."""
        return self.layout or layout_of(self.root)

    @property
    def mark(self) -> str:
        """What tells these crops from others: of names and lengths of tracklets, 16 digits.

        Raises TargetError.
        """
        tracklets = list(_read(self, 1))
        names = zip(first_frames(tracklets, self.root), tracklets, strict=True)
        listed = "".join(f"{name} {tracklet.length}\n" for name, tracklet in names)
        return hashlib.sha256(listed.encode()).hexdigest()[:16]


def fit_statistics(
    statistics: TargetStatistics,
    output: Path,
    *,
    pool: Path | None = None,
    estimators: Path | None = None,
    crops: Crops | None = None,
    network: Path | None = None,
    defensive: float = DEFENSIVE,
    weigh: bool = True,
    round2: bool = False,
    seed: int = 0,
    say: Say = lambda text: None,
) -> Fitted:
    """Fits settings and writes them to ``output``, with a report beside it.

    ``round2`` does it once more with estimators that also learnt from renders of the first fit
    (`second_round`), and keeps what is nearer; the work lies beside ``output``, and what is
    rendered there already stays.

    Raises TargetError where there is nothing to fit to, or where pool, estimators and statistics do
    not belong together.
    """
    if round2 and (crops is None or not weigh):
        raise TargetError(
            "Expected the target's own crops for a second round, which measures them again and "
            "compares renders with them: give --crops, and leave --no-weigh out."
        )
    target = kernel_mean(statistics)
    net: Estimators | None = None
    if weigh and (target is not None or crops is not None):
        net = estimators_for(statistics, estimators, say)
    if target is None and crops is not None and net is not None:
        seen = look(crops.root, crops.laid_out, net, part=crops.part)
        target = _kernel_mean(seen, net)
    elif target is None and weigh:
        say(
            "The statistics hold no embedding, so that places, hours and weathers stay as they are "
            "by default: it takes 200 tracklets, or --crops with the target's own folder."
        )
    found = _fit(statistics, net, target, pool, defensive, seed)
    if round2 and crops is not None and net is not None:
        _write(output, found)
        again, measured = _second_round(output, statistics, net, crops, pool, defensive, seed, say)
        nearer = again.report["second_round"]["kept"]
        found.report["second_round"] = again.report["second_round"]
        found, statistics = (again, measured) if nearer else (found, statistics)
    if network is not None:
        _use_network(found, statistics, network)
    _write(output, found)
    return found


def fit_crops(
    crops: Crops,
    output: Path,
    *,
    pool: Path | None = None,
    attributes: Path | None = None,
    say: Say = lambda text: None,
) -> Fitted:
    """Measures a target's folder, and fits settings to it: ``output``, a report and the statistics
    beside it. ``attributes`` is a table of what its people look like. Raises TargetError."""
    layout = crops.laid_out
    told = None if attributes is None else _told(attributes, crops, say)
    some = [t.crops[0] for _, t in zip(range(_PIPED), _read(crops, 1), strict=False)]
    pipe = Pipe.of(some)
    net = default_estimators(pipe, say, pool)
    say(f"Measuring {crops.root} ({layout}, crops {pipe}).")
    seen = look(crops.root, layout, net, part=crops.part)
    if told is not None:
        seen.attributes = told.probabilities
    statistics = summarise(seen, layout, net, Rules())
    files.write(output.with_suffix(".target.json"), statistics)
    found = fit_measured(statistics, net, seen, pool)
    found.report[_CROPS] = crops.mark
    _write(output, found)
    return found


def fitted_to(config: Path) -> str | None:
    """The mark of the crops that `fit_crops` fitted a config to, None where nothing tells."""
    try:
        report = parse_json(read_text(_report_of(config)))
    except Unreadable:
        return None
    return report.get(_CROPS) if isinstance(report, dict) else None


def _report_of(config: Path) -> Path:
    return config.with_suffix(".report.json")


def fit_measured(
    statistics: TargetStatistics,
    net: Estimators,
    seen: Measured | None,
    pool: Path | None = None,
    *,
    defensive: float = DEFENSIVE,
    seed: int = 0,
) -> Fitted:
    """Fits settings to statistics and, where they are at hand, to what they were made of."""
    target = kernel_mean(statistics) if seen is None else _kernel_mean(seen, net)
    return _fit(statistics, net, target, pool, defensive, seed)


def _second_round(
    first: Path,
    first_seen: TargetStatistics,
    net: Estimators,
    crops: Crops,
    pool: Path | None,
    defensive: float,
    seed: int,
    say: Say,
) -> tuple[Fitted, TargetStatistics]:
    """What a second round after the config in ``first`` finds, and the statistics that it is of."""
    beside = first.with_suffix(".round2")
    say(f"Second round: renders of the first fit, in {beside}.")
    renders = render_round(first, beside / "first", 0)
    say("Estimators learn from them and the pool.")
    learnt = learn_again(pool or kept_pool(), renders, net)
    write_estimators(learnt, beside / "estimators.safetensors")
    seen = look(crops.root, crops.laid_out, learnt, part=crops.part)
    statistics = summarise(seen, crops.laid_out, learnt, Rules())
    # Who people are stays as it was told: it takes no estimators.
    statistics = statistics.model_copy(update={"attributes": first_seen.attributes})
    files.write(beside / "target.json", statistics)
    found = fit_measured(statistics, learnt, seen, pool, defensive=defensive, seed=seed)
    second = beside / "fitted.yaml"
    _write(second, found)
    say("Renders of the second fit, to see which is nearer.")
    others = render_round(second, beside / "second", 1)
    near = nearness(look(crops.root, crops.laid_out, net, part=crops.part), renders, others, net)
    found.report["second_round"] = {
        "kept": near.nearer,
        "fd": [round(value, 3) for value in near.frechet],
        "mmd2": [round(value, 5) for value in near.mmd2],
    }
    was, now = near.frechet
    say(
        f"Frechet distance {was:.2f} after the first round, {now:.2f} after the second: the "
        f"{'second' if near.nearer else 'first'} is kept."
    )
    return found, statistics


def _told(table: Path, crops: Crops, say: Say) -> Predicted:
    """Of tracklets in the order in which they are measured."""
    told = read_predicted(table, first_frames(list(_read(crops, 1)), crops.root))
    for note in told.notes():
        say(note)
    return told


def _read(crops: Crops, frames: int) -> Any:
    return read_target(crops.root, crops.laid_out, frames, crops.part)


def _kernel_mean(seen: Measured, net: Estimators) -> KernelMean:
    place = Place.of_crops(Features.of(seen.features), net.sigma)
    assert place.cosines is not None
    assert place.mean is not None
    return KernelMean(place.cosines, place.mean)


def _fit(
    statistics: TargetStatistics,
    net: Estimators | None,
    target: KernelMean | None,
    root: Path | None,
    defensive: float,
    seed: int,
) -> Fitted:
    if net is None or target is None:
        return fit(statistics, defensive=defensive, seed=seed)
    root = root or kept_pool()
    pool = read_pool(root)
    photographs = read_description(root)["config"]["backgrounds"]["directory"]
    return fit(
        statistics,
        pool,
        pool_features(pool, net),
        target,
        photographs=None if photographs is None else Path(photographs),
        defensive=defensive,
        seed=seed,
    )


def _use_network(found: Fitted, statistics: TargetStatistics, path: Path) -> None:
    """Cameras out of a file, one for each of the target's, in place of drawn ones."""
    settings = found.settings["render-tracklets"]
    settings.pop("tables", None)
    sites = found.settings.get("sites")
    config = TrackletConfig.model_validate({"sites": sites} if sites else {})
    count = write_network(path, statistics, config)
    settings["camera"] = settings.get("camera", {}) | {"network": str(path)}
    found.report["network"] = {"file": path.name, "cameras": count}


def _write(output: Path, found: Fitted) -> None:
    said = [f"Estimated: {', '.join(found.report['identified']) or 'nothing'}."]
    if found.report["people"]:
        told = [
            f"{name} ({100 * of['confidence']:.0f} % sure)"
            for name, of in found.report["people"].items()
        ]
        said.append(f"Told of people by a model of attributes: {', '.join(told)}.")
    if found.report["refused"]:
        said.append(f"Refused, as no estimator can tell: {', '.join(found.report['refused'])}.")
    if "weights" in found.report:
        sample = found.report["weights"]["effective_sample"]
        said.append(f"Places, hours, weathers and light: by weights over {sample:.0f} renders.")
    text = json.dumps(found.report, indent=1) + "\n"
    write_whole(_report_of(output), text.encode())
    write_fitted(output, found.settings, "\n".join(said))
