"""Sets of crops, looked at as the target was, and compared with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from vidsynth.errors import TargetError
from vidsynth.target.comparing import (
    Comparison,
    Distance,
    Features,
    Place,
    compare_features,
    compare_quantities,
)
from vidsynth.target.defaults import default_estimators
from vidsynth.target.estimators import Estimators
from vidsynth.target.estimators_file import read_estimators
from vidsynth.target.layouts import Part
from vidsynth.target.looking import layout_of, look, pipe_of
from vidsynth.target.statistics import TargetStatistics
from vidsynth.target.summary import Rules, summarise

Say = Callable[[str], None]


def estimators_for(statistics: TargetStatistics, file: Path | None, say: Say) -> Estimators:
    """The estimators that measured a target: those in a file, or the default ones.

    Raises TargetError where they are others: their estimates and features mean other things.
    """
    pipe = pipe_of(statistics)
    found = default_estimators(pipe, say) if file is None else read_estimators(file)
    if statistics.estimators not in (None, found.mark):
        which = "the default ones of this machine" if file is None else str(file)
        raise TargetError(
            f"Expected the estimators that the target was measured by ({statistics.estimators}), "
            f"found {which} ({found.mark}): what they say cannot be compared. Give their file by "
            "--estimators, or measure the target with these."
        )
    return found


def compare_sets(
    statistics: TargetStatistics,
    sets: Mapping[str, Path],
    *,
    estimators: Path | None = None,
    crops: Path | None = None,
    layout: str | None = None,
    part: Part = "train",
    inception: Path | None = None,
    vgg: Path | None = None,
    say: Say = lambda text: None,
) -> Comparison:
    """How far sets in folders are from a target, of which ``crops`` may be at hand.

    Raises TargetError for what cannot be read, and for sets of too few tracklets.
    """
    with_net = statistics.estimators is not None or crops is not None
    net = estimators_for(statistics, estimators, say) if with_net else None
    pipe = pipe_of(statistics)
    seen = {name: look(root, layout_of(root), net, pipe=pipe) for name, root in sets.items()}
    summed = {
        name: summarise(found, "folder", net, Rules(embedding=False))
        for name, found in seen.items()
    }
    place = Place.of_statistics(statistics)
    features: tuple[Distance, ...] = ()
    notes = []
    if net is not None:
        if crops is not None:
            real = look(crops, layout or layout_of(crops), net, part=part)
            place = Place.of_crops(Features.of(real.features), net.sigma)
        embedded = {name: Features.of(found.features) for name, found in seen.items()}
        features = compare_features(place, embedded, {} if crops else statistics.floors)
        fewest = min(found.count for found in embedded.values())
        notes.append(f"Features are compared at {fewest:,} tracklets each.")
        if fewest < 640:
            notes.append("Covariances of so few are shrunk (Ledoit-Wolf).")
    if inception is not None or vgg is not None:
        from vidsynth.target.published import published_distances

        if crops is None:
            raise TargetError(
                "Expected the target's own crops for distances of published networks, whose "
                "features no statistics hold: give --crops."
            )
        features += published_distances(
            (crops, layout or layout_of(crops), part), sets, inception, vgg
        )
    return Comparison(
        {name: len(found) for name, found in seen.items()},
        compare_quantities(statistics, summed),
        features,
        tuple(notes),
    )
