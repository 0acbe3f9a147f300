"""Sends the people of a shot past its cameras, without walking into things or each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.cameras.views import in_view, person_boxes
from vidsynth.geometry.clearance import in_sight
from vidsynth.geometry.polylines import points_at
from vidsynth.motion.groups import LEAD, Party, party_speed, walkers_of
from vidsynth.motion.paths import STEP, draw_path, in_the_way, stays_clear
from vidsynth.motion.sidestep import sidesteps
from vidsynth.motion.walker import Walker
from vidsynth.motion.walking import position_and_heading
from vidsynth.people.person import Person
from vidsynth.places.sites.site import Site
from vidsynth.planning.bearings import Bearing

PERSONAL_SPACE = 0.6
"""Metres between the middles of two walkers, kept wherever there is room."""

_TRIES = 60
_MORE_TRIES = 400
_GOOD_ENOUGH = 0.85
_LED, _NEXT_TO = 0.5, (0.8, 2.5)
_ENCOUNTERS = 3
"""People in the way of one path for whom a walker steps aside; of more, it is another path."""


@dataclass(frozen=True, eq=False)
class _Way:
    """A party on a path: ``tracks`` (M, T, 2) metres, ``seen`` (M, C, T, 5) boxes in cameras."""

    path: np.ndarray
    walkers: list[Walker]
    tracks: np.ndarray
    seen: np.ndarray


def route_walkers(
    rng: np.random.Generator,
    people: Sequence[Person],
    site: Site,
    cameras: Sequence[Camera],
    frames: int,
    fps: float,
    min_height: float,
    parties: Sequence[Party] | None = None,
    occlusion: float = 0.0,
    bearings: Sequence[Bearing | None] = (),
) -> tuple[Walker, ...]:
    """One Walker per person. Paths lie in the site's walk area; of up to 60 drawn for each party
    (by default everyone walks alone) the first is taken that cameras see in 85 % of frames,
    ``min_height`` pixels tall or more, and that keeps clear of earlier walkers, if need be by
    stepping aside; failing that, the best. A share ``occlusion`` of parties are led past the
    cameras in front of or behind an earlier one instead; all others keep out of each other's way
    in pictures. ``bearings``, one for each party, say from where a camera is to see it.

    Nobody comes nearer to anyone than PERSONAL_SPACE while there is room for another path."""
    alone = [Party((k,), "walk") for k in range(len(people))]
    waiting = list(zip_longest(parties or alone, bearings))
    times = np.arange(frames) / fps
    near = in_the_way(site)
    taken: list[_Way] = []
    walkers: dict[int, Walker] = {}
    together = 0
    while waiting:
        party, bearing = waiting.pop(0)
        led = occlusion > 0 and rng.random() < occlusion and bool(taken)
        covered = 2 * LEAD + party_speed(party, people) * times[-1]
        best: tuple[float, _Way] | None = None
        for attempt in range(_TRIES):
            if led and attempt % 2:
                path = _beside(rng, taken, cameras, covered, times)
            else:
                path = draw_path(rng, near.walk_area, covered, near.blocks)
                path = path if bearing is None else bearing.turned(path, covered / 2)
            bare = _give_way(party, path, people, times, taken, near, together + 1)
            if best is not None and best[0] >= 0 and _crowding(bare.tracks, taken):
                continue
            way = _filmed(bare, cameras)
            score = _shares_seen(way, taken, cameras, min_height, led)
            score -= _crowding(way.tracks, taken)
            score -= 0.0 if _clear(way, near) else 2.0
            if best is not None and score <= best[0]:
                continue
            if score > 0:
                score -= _share_hidden(cameras, way, site)
            if best is None or score > best[0]:
                best = (score, way)
            if score >= _GOOD_ENOUGH:
                break
        assert best is not None
        way = best[1]
        if _crowding(way.tracks, taken):
            if len(party.members) > 1:
                # No room for all of them together.
                waiting[:0] = [(replace(party, members=(k,)), bearing) for k in party.members]
                continue
            found = _find_room(rng, party, people, near, times, taken, cameras)
            way = way if found is None else found
        together += len(party.members) > 1
        taken.append(way)
        for k, walker in zip(party.members, way.walkers, strict=True):
            walkers[k] = replace(walker, phase=round(float(rng.random()), 4))
    return tuple(walkers[k] for k in range(len(people)))


def route_bystanders(
    rng: np.random.Generator,
    people: Sequence[Person],
    site: Site,
    frames: int,
    fps: float,
    parties: Sequence[Party],
    walkers: Sequence[Walker],
) -> tuple[Walker, ...]:
    """Bystanders anywhere in the walk area, seen or not, who keep clear of ``walkers`` and of each
    other in time; parties for which there is no room stay away."""
    times, near = np.arange(frames) / fps, in_the_way(site)
    first = 1 + max((walker.party for walker in walkers), default=0)
    taken = [_Way(np.array(w.path), [w], _track(w, times)[None], np.empty(0)) for w in walkers]
    crowd: list[Walker] = []
    for number, party in enumerate(parties):
        way = _find_room(rng, party, people, near, times, taken, (), first + number)
        if way is not None:
            taken.append(way)
            crowd += [replace(w, phase=round(float(rng.random()), 4)) for w in way.walkers]
    return tuple(crowd)


def _find_room(
    rng: np.random.Generator,
    party: Party,
    people: Sequence[Person],
    site: Site,
    times: np.ndarray,
    taken: list[_Way],
    cameras: Sequence[Camera],
    number: int = 0,
) -> _Way | None:
    """The first way of many that keeps clear of everything and everyone, or None."""
    covered = 2 * LEAD + party_speed(party, people) * times[-1]
    for _ in range(_MORE_TRIES):
        path = draw_path(rng, site.walk_area, covered, site.blocks + site.obstacles)
        way = _give_way(party, path, people, times, taken, site, number)
        if not _crowding(way.tracks, taken) and _clear(way, site):
            return _filmed(way, cameras) if cameras else way
    return None


def _give_way(
    party: Party,
    path: np.ndarray,
    people: Sequence[Person],
    times: np.ndarray,
    taken: list[_Way],
    site: Site,
    number: int,
) -> _Way:
    """The party on ``path``, or where somebody is in the way on the least detour around them; on
    the path as it is where none is free."""
    straight = way = _go(party, path, people, times, number)
    if not taken or party.manner == "stand":
        return way
    others = np.concatenate([earlier.tracks for earlier in taken])
    pace = party_speed(party, people)
    for _ in range(_ENCOUNTERS):
        gaps = np.linalg.norm(others[:, None] - way.tracks, axis=3)
        other, member, when = np.unravel_index(int(gaps.argmin()), gaps.shape)
        if gaps[other, member, when] >= PERSONAL_SPACE:
            return way
        found: _Way | None = None
        for bent in sidesteps(
            way.path,
            LEAD + pace * float(times[when]),
            way.tracks[member, when],
            others[other, when],
            PERSONAL_SPACE,
        ):
            aside = _go(party, bent, people, times, number)
            passed = np.linalg.norm(others[other] - aside.tracks, axis=2).min() >= PERSONAL_SPACE
            if passed and _clear(aside, site):
                found = aside
                break
        if found is None:
            return straight
        way = found
    return straight if _crowding(way.tracks, taken) else way


def _go(
    party: Party, path: np.ndarray, people: Sequence[Person], times: np.ndarray, number: int
) -> _Way:
    """The party on ``path``, not looked at by any camera yet."""
    walkers = walkers_of(party, path, people, number)
    tracks = np.stack([_track(walker, times) for walker in walkers])
    return _Way(path, walkers, tracks, np.empty(0))


def _filmed(way: _Way, cameras: Sequence[Camera]) -> _Way:
    seen = [
        [person_boxes(camera, track, walker.person.body.stature) for camera in cameras]
        for walker, track in zip(way.walkers, way.tracks, strict=True)
    ]
    return replace(way, seen=np.array(seen))


def _track(walker: Walker, times: np.ndarray) -> np.ndarray:
    return points_at(np.array(walker.path), walker.reached(times))


def _clear(way: _Way, site: Site) -> bool:
    solid = site.blocks + site.obstacles
    return all(stays_clear(np.array(w.path), site.walk_area, solid) for w in way.walkers)


def _beside(
    rng: np.random.Generator,
    taken: list[_Way],
    cameras: Sequence[Camera],
    covered: float,
    times: np.ndarray,
) -> np.ndarray:
    """Way-points (N, 2) over ``covered`` metres next to an earlier way, as a camera sees it nearer
    or farther; both are half way at the same time."""
    other = taken[rng.integers(len(taken))]
    camera = cameras[rng.integers(len(cameras))]
    walker, middle = other.walkers[0], other.tracks[0, other.tracks.shape[1] // 2]
    half = walker.reached(times[-1:] / 2)[0]
    steps = np.arange(int(np.ceil(covered / STEP)) + 1) * STEP
    way, _ = position_and_heading(walker.path, half - covered / 2 + steps)
    sight = np.array(camera.position[:2]) - middle
    side = rng.choice((-1.0, 1.0)) * rng.uniform(*_NEXT_TO)
    shifted: np.ndarray = way + side * sight / max(float(np.hypot(*sight)), 1e-6)
    return shifted


def _shares_seen(
    way: _Way, taken: list[_Way], cameras: Sequence[Camera], min_height: float, led: bool
) -> float:
    """Share of (person, camera, frame) in view and not behind, nor in front of, an earlier walker;
    of who is ``led``, in view, less what is missing to half of the frames in which they are."""
    others = [boxes for earlier in taken for boxes in earlier.seen]
    inside = np.array(
        [[in_view(c, b, min_height) for c, b in zip(cameras, s, strict=True)] for s in way.seen]
    )
    overlaps = np.array([_overlaps(seen, others) for seen in way.seen])
    if led:
        return float(inside.mean() - max(0.0, _LED - (inside & overlaps).mean()))
    return float((inside & ~overlaps).mean())


def _overlaps(seen: np.ndarray, others: list[np.ndarray]) -> np.ndarray:
    """Which boxes (C, T, 5) cover much of another's, or are covered: bool (C, T)."""
    any_ = np.zeros(seen.shape[:2], bool)
    for other in others:
        across = np.minimum(seen[..., 2], other[..., 2]) - np.maximum(seen[..., 0], other[..., 0])
        down = np.minimum(seen[..., 3], other[..., 3]) - np.maximum(seen[..., 1], other[..., 1])
        width = np.minimum(seen[..., 2] - seen[..., 0], other[..., 2] - other[..., 0])
        height = np.minimum(seen[..., 3] - seen[..., 1], other[..., 3] - other[..., 1])
        any_ |= (across > 0.6 * width) & (down > 0.5 * height)
    return any_


def _crowding(tracks: np.ndarray, taken: list[_Way]) -> float:
    """1 or more where another walker comes too near to any of ``tracks`` (M, T, 2), 0 else."""
    if not taken:
        return 0.0
    others = np.concatenate([way.tracks for way in taken])
    gaps = np.linalg.norm(others[:, None] - tracks, axis=3)
    return 0.0 if gaps.min() >= PERSONAL_SPACE else 1.0 + float((gaps < PERSONAL_SPACE).mean())


def _share_hidden(cameras: Sequence[Camera], way: _Way, site: Site) -> float:
    """Share of sampled (person, camera, frame) in which something of the site hides the middle."""
    solid, clear = site.blocks + site.obstacles, []
    for walker, track in zip(way.walkers, way.tracks, strict=True):
        some = track[:: max(1, len(track) // 4)]
        middles = np.insert(some, 2, 0.6 * walker.person.body.stature, axis=1)
        clear += [in_sight(c.position, middles, solid) for c in cameras]
    return 1.0 - float(np.mean(clear))
