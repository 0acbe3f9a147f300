"""Estimators that know the truth of made-up crops: what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.target.measured_numbers import stand_in
from vidsynth.errors import TargetError
from vidsynth.target.calibrating import Trust
from vidsynth.target.crops import Crop, TargetTracklet
from vidsynth.target.estimated import require_same_pipe
from vidsynth.target.estimators import Estimators, Reading
from vidsynth.target.measuring import measure
from vidsynth.target.pipe import Pipe
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.summary import summarise

SLOPE, NOISE = 0.5, 5.0
"""Of made-up estimates of depression over its truth, in degrees."""


class Reads(Estimators):
    """Depression from the red of a crop, shrunk towards 30 degrees."""

    def read(self, crops: Sequence[Crop]) -> Reading:
        rng = np.random.default_rng(int(crops[0].pixels.sum()))
        truth = np.array([float(crop.pixels[0, 0, 0]) for crop in crops]) - 10
        found = {"depression": estimates(truth, rng)}
        halves = {"sites": found, "photographs": {"depression": found["depression"] + self.apart}}
        return Reading(found, rng.normal(size=(len(crops), 8)), halves)

    @property
    def apart(self) -> float:
        return float(self.pool)


def estimates(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return 30 + SLOPE * (truth - 30) + rng.normal(0, NOISE, len(truth))


def estimators(verdict: str = "unfold", apart: float = 0.0) -> Estimators:
    rng = np.random.default_rng(1)
    truth = rng.uniform(-10, 70, 4000)
    like = stand_in()
    return Reads(
        **{
            **{name: getattr(like, name) for name in like.__dataclass_fields__},
            "names": ("depression",),
            "pool": str(apart),
            "truth": {"depression": truth},
            "held_out": {"depression": estimates(truth, rng)},
            "tracklet": np.arange(4000),
            "trust": {"depression": Trust(0.6, SLOPE, 8.0, 16.0, float("nan"), verdict)},  # type: ignore[arg-type]
        }
    )


def tracklets(
    depressions: dict[str, float], count: int, frames: int = 4
) -> Iterator[TargetTracklet]:
    rng = np.random.default_rng(2)
    for number in range(count):
        camera = sorted(depressions)[number % len(depressions)]
        crops = []
        for _ in range(frames):
            pixels = rng.integers(20, 200, (40, 20, 3), dtype=np.uint8)
            pixels[0, 0, 0] = round(depressions[camera]) + 10
            crops.append(Crop.of(pixels))
        yield TargetTracklet(camera, crops, frames)


def test_estimates_are_unfolded_camera_by_camera() -> None:
    looks = {"flat": 0.0, "steep": 45.0}
    using = estimators()
    found = summarise(measure(tracklets(looks, 240), using), "folder", using)
    for camera, degrees in zip(found.cameras, looks.values(), strict=True):
        depression = camera.quantities["depression"]
        assert depression.how == "regressed+unfolded"
        assert depression.mean == pytest.approx(degrees, abs=3)
        mean = depression.shares() @ QUANTITIES["depression"].centres
        assert mean == pytest.approx(degrees, abs=4), "estimates are at 15 and 37"
        assert depression.sd is not None
        assert (depression.r2, depression.mae, depression.verdict) == (0.6, 8, "unfold")
    assert found.floors["depression"] > 0
    assert found.pooled.embedding is not None
    assert found.estimators == using.mark
    assert found.features is not None
    assert using.mark in found.features


def test_refused_quantities_are_told_as_such() -> None:
    using = estimators("refuse")
    found = summarise(measure(tracklets({"a": 20.0}, 60), using), "folder", using)
    depression = found.pooled.quantities["depression"]
    assert (depression.how, depression.verdict) == ("regressed", "refuse")


def test_what_two_kinds_of_places_disagree_on_is_refused() -> None:
    using = estimators(apart=20.0)
    found = summarise(measure(tracklets({"a": 20.0}, 60), using), "folder", using)
    assert found.pooled.quantities["depression"].verdict == "refuse"


def test_frames_of_a_tracklet_weigh_one_together() -> None:
    dark = Crop.of(np.full((40, 20, 3), 10, np.uint8))
    light = Crop.of(np.full((40, 20, 3), 200, np.uint8))
    long = [TargetTracklet("", [dark] * 8, 8) for _ in range(40)]
    short = [TargetTracklet("", [light], 1) for _ in range(40)]
    found = summarise(measure([*long, *short]), "folder")
    shares = found.pooled.quantities["luma_q50"].shares()
    assert shares[0] == pytest.approx(0.5, abs=0.01)


def test_crops_are_read_when_they_are_needed() -> None:
    alive = []

    def pictures() -> Iterator[TargetTracklet]:
        for number in range(20):
            alive.append(number)
            yield TargetTracklet("", [Crop.of(np.full((8, 8, 3), 9, np.uint8))], 1)

    ahead = []
    measure(pictures(), done=lambda count: ahead.append(len(alive) - count))
    assert max(ahead) <= 2
    assert len(ahead) == 20


def test_estimators_for_other_crops_are_refused() -> None:
    found = list(tracklets({"a": 20.0}, 40))
    using = estimators()
    require_same_pipe(replace(using, pipe=Pipe((20, 40))), found)
    with pytest.raises(TargetError, match=r"20 x 40, found some for crops 128 x 256"):
        require_same_pipe(replace(using, pipe=Pipe((128, 256), 75)), found)
    with pytest.raises(TargetError, match="--like"):
        require_same_pipe(replace(using, pipe=Pipe((20, 40), 75)), found)


def test_a_tracklet_of_many_frames_disputes_no_more_than_one_of_few() -> None:
    using = estimators()
    found = measure(tracklets({"a": 20.0}, 40, frames=1), using)
    few = [{"depression": np.array([20.0])} for _ in range(40)]
    found.halves["sites"] = few
    found.halves["photographs"] = [*few[:36], *[{"depression": np.full(8, 60.0)}] * 4]
    distribution = summarise(found, "mars", using).pooled.quantities["depression"]
    assert distribution.verdict == "unfold", "four degrees on average over tracklets, of eight"
