"""What can be measured of one tracklet as a video: gait, course, runs, boxes, codec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vidsynth.target.crops import TargetTracklet
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.video import gait
from vidsynth.target.video.codec import blockiness, period_of
from vidsynth.target.video.course import Course, azimuth_of, circular_median, course
from vidsynth.target.video.jitter import jitter_of_boxes, jitter_of_sizes
from vidsynth.target.video.runs import MUCH, cut_by_frame, runs
from vidsynth.target.video.speed import speed_of

MOST = 128
"""Frames of a tracklet that are looked at, consecutive ones: five seconds of most videos."""

_HOLE = 3
_USUAL_SPEED = 1.3
_SURELY = 0.25
"""Estimated share of a person from which on they are called cut, or hidden: estimates scatter by
more than `MUCH`, and shrink towards their mean."""
_ALIKE, _SAMPLE = 0.9, 6
_LONG = 48
"""Frames from which on blocks tell whether they have a period: fewer have one by chance."""


@dataclass(frozen=True)
class Estimated:
    """What a net says of some of a tracklet's crops: ``places`` (N,) among them, from 0, and for
    each quantity an estimate each (N,)."""

    places: np.ndarray
    values: Mapping[str, np.ndarray]


def stretch(numbers: np.ndarray, most: int = MOST) -> slice:
    """The middle ``most`` frames of the longest run of frames ``numbers`` (T,) that misses at most
    two in a row of those it usually has."""
    steps = np.diff(numbers)
    usual = max(float(np.median(steps)), 1.0) if len(steps) else 1.0
    breaks = np.flatnonzero(steps > _HOLE * usual) + 1
    edges = np.concatenate([[0], breaks, [len(numbers)]])
    longest = int(np.diff(edges).argmax())
    first, last = int(edges[longest]), int(edges[longest + 1])
    spare = max(0, last - first - most) // 2
    return slice(first + spare, min(last, first + spare + most))


def measure_tracklet(
    tracklet: TargetTracklet, fps: float | None = None, estimated: Estimated | None = None
) -> dict[str, float]:
    """Quantities of a tracklet by the names of `QUANTITIES`, without those that cannot be told.

    Args:
        tracklet: with all of its crops, of which at most `MOST` are read.
        fps: frames per second where the tracklet does not say.
        estimated: by `Estimators`, of any of its crops.
    """
    fps = tracklet.fps or fps
    numbers = np.array(tracklet.numbers or range(len(tracklet.crops)))
    found = {"log_frames": float(np.log(max(tracklet.length, 1)))}
    if fps:
        found["fps"] = fps
    part = stretch(numbers)
    numbers = numbers[part]
    resized = _resized([crop.pixels for crop in tracklet.crops[part][:_SAMPLE]])
    # Nothing but steps shows in crops of one size, and those need a clock.
    told = bool(fps) or tracklet.boxes is not None or not resized
    crops = [crop.pixels for crop in tracklet.crops[part]] if told else []
    boxes = None if tracklet.boxes is None else np.asarray(tracklet.boxes, float)[part]
    found |= _of_boxes(crops, boxes, numbers, fps, tracklet.frame_size)
    if fps:
        frames = gait.reduced(crops)
        alone = np.ones(len(frames), bool)
        if tracklet.hidden is not None:
            alone = np.asarray(tracklet.hidden)[part] <= MUCH
        found |= _gait(gait.steps(frames[alone], numbers[alone], fps), found, numbers / fps)
    found |= _cut_and_hidden(tracklet, estimated)
    if "heading" not in found and estimated is not None and "azimuth" in estimated.values:
        found["heading"] = circular_median(estimated.values["azimuth"])
    found |= _codec(tracklet.gop, crops, numbers)
    return {name: value for name, value in found.items() if np.isfinite(value)}


_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def _gait(
    stepping: gait.Steps, known: Mapping[str, float], seconds: np.ndarray
) -> dict[str, float]:
    """``known`` is what boxes say: who stays where they are stands, whatever their legs do."""
    moved = Course(*(known.get(f"{name}_rate", np.nan) for name in ("approach", "across", "down")))
    stands = stepping.stands if moved.stands is None else moved.stands
    if stands is None:
        return {}
    found = {"standing": float(stands)}
    if stepping.stands is not None:
        found["gait_found"] = float(stepping.accepted and not stands)
    if stands:
        return found | {"speed": 0.0}
    if stepping.accepted:
        found["gait_frequency"] = stepping.frequency
        found["speed"] = float(speed_of(stepping.frequency))
        found["phase_coverage"] = gait.phase_coverage(stepping.frequency / 2 * seconds)
    return found | {"heading": azimuth_of(moved, found.get("speed", _USUAL_SPEED))}


def _codec(gop: float | None, crops: list[np.ndarray], numbers: np.ndarray) -> dict[str, float]:
    """Frames from one whole picture to the next; of crops that were resized blocks say nothing."""
    if gop is not None:
        return {"codec_period": min(gop, QUANTITIES["codec_period"].high)}
    if _resized(crops) or len(crops) < _LONG or not (np.diff(numbers) == 1).all():
        return {}
    period = period_of(np.array([blockiness(crop.astype(np.float32) @ _LUMA) for crop in crops]))
    return {"codec_period": float(np.nan_to_num(period.frames))}


def _resized(crops: list[np.ndarray]) -> bool:
    """Whether nearly all crops are of one size, as no detector's boxes are."""
    if len(crops) < 5:
        return True
    _, often = np.unique([crop.shape[:2] for crop in crops], axis=0, return_counts=True)
    return bool(often.max() > _ALIKE * len(crops))


def _of_boxes(
    crops: list[np.ndarray],
    boxes: np.ndarray | None,
    numbers: np.ndarray,
    fps: float | None,
    frame: tuple[int, int] | None,
) -> dict[str, float]:
    """Course and jitter, by boxes or else by the sizes of crops that nobody has resized."""
    steady = len(numbers) > 1 and len(np.unique(np.diff(numbers))) == 1
    if boxes is None:
        if _resized(crops):
            return {}
        sizes = np.array([crop.shape[:2] for crop in crops], float)
        found = {"box_jitter": jitter_of_sizes(sizes[:, 0])} if steady else {}
        if fps:
            found["approach_rate"] = course(
                np.hstack([0 * sizes, sizes[:, ::-1]]), numbers / fps
            ).approach
        return found
    inside = ~cut_by_frame(boxes, frame) if frame else np.ones(len(boxes), bool)
    found = {"box_jitter": jitter_of_boxes(boxes)} if steady and inside.all() else {}
    if fps:
        moved = course(boxes, numbers / fps, inside)
        found |= {
            "approach_rate": moved.approach,
            "across_rate": moved.across,
            "down_rate": moved.down,
        }
    return found


def _cut_and_hidden(tracklet: TargetTracklet, estimated: Estimated | None) -> dict[str, float]:
    flags: dict[str, tuple[np.ndarray, float]] = {}
    if estimated is not None:
        spacing = tracklet.length / max(len(estimated.places), 1)
        for short, name in (("truncated", "truncation"), ("occluded", "occlusion")):
            if name in estimated.values:
                flags[short] = (np.asarray(estimated.values[name]) > _SURELY, spacing)
    if tracklet.hidden is not None:
        behind = np.asarray(tracklet.hidden) > MUCH
        flags["occluded"] = (behind, tracklet.length / len(behind))
    if tracklet.boxes is not None and tracklet.frame_size is not None:
        cut = cut_by_frame(np.asarray(tracklet.boxes, float), tracklet.frame_size)
        flags["truncated"] = (cut, tracklet.length / len(cut))
    found = {}
    for short, (flagged, spacing) in flags.items():
        said = runs(flagged)
        found[f"{short}_share"] = said.share
        if said.length:
            found[f"{short}_run"] = float(np.log(said.length * spacing))
    return found
