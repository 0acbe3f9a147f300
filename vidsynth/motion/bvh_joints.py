"""Which joint of a BVH skeleton is which part of a person, by its name and what hangs on what."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vidsynth.errors import MotionError
from vidsynth.motion.bvh import Bvh

_LIMBS = ("UpLeg", "Leg", "Foot", "Arm", "ForeArm")

# Names are compared in lower case, without punctuation, without what comes before a colon and
# without what all of them begin with.
# First how left and right are written around a part's name, then hip, knee, ankle, shoulder,
# elbow, wrist and toe.
NAMINGS: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "MotionBuilder, Mixamo, CMU": (
        ("left{}", "right{}"),
        ("upleg", "leg", "foot", "arm", "forearm", "hand", "toebase"),
    ),
    "CMU for 3ds Max": (
        ("left{}", "right{}"),
        ("hip", "knee", "ankle", "shoulder", "elbow", "wrist", "toe"),
    ),
    "MakeHuman": (
        ("{}l", "{}r"),
        ("upperleg01", "lowerleg01", "foot", "upperarm01", "lowerarm01", "wrist", "toe31"),
    ),
    "Poser, DAZ": (
        ("l{}", "r{}"),
        ("thigh", "shin", "foot", "shldr", "forearm", "hand", "toe"),
    ),
    "Rigify": (
        ("{}l", "{}r"),
        ("thigh", "shin", "foot", "upperarm", "forearm", "hand", "toe"),
    ),
    "Unreal": (
        ("{}l", "{}r"),
        ("thigh", "calf", "foot", "upperarm", "lowerarm", "hand", "ball"),
    ),
    "Biped": (
        ("l{}", "r{}"),
        ("thigh", "calf", "foot", "upperarm", "forearm", "hand", "toe0"),
    ),
    "SMPL": (
        ("l{}", "r{}"),
        ("hip", "knee", "ankle", "shoulder", "elbow", "wrist", "foot"),
    ),
    "Unity, VRM": (
        ("left{}", "right{}"),
        ("upperleg", "lowerleg", "foot", "upperarm", "lowerarm", "hand", "toes"),
    ),
    "VRoid": (
        ("l{}", "r{}"),
        ("upperleg", "lowerleg", "foot", "upperarm", "lowerarm", "hand", "toebase"),
    ),
    "Xsens": (
        ("left{}", "right{}"),
        ("upperleg", "lowerleg", "foot", "upperarm", "forearm", "hand", "toe"),
    ),
    "OptiTrack": (
        ("l{}", "r{}"),
        ("thigh", "shin", "foot", "uarm", "farm", "hand", "toe"),
    ),
    "Rokoko": (
        ("left{}", "right{}"),
        ("thigh", "shin", "foot", "arm", "forearm", "hand", "toe"),
    ),
    "Bandai Namco": (
        ("{}l", "{}r"),
        ("upperleg", "lowerleg", "foot", "upperarm", "lowerarm", "hand", "toes"),
    ),
}  # fmt: skip
_PARTS = (*_LIMBS, "Hand", "ToeBase")
PARTS = (*(side + part for side in ("Left", "Right") for part in _PARTS), "Head")
"""What `motion.joint_map` can name: our own names of joints."""
_HEADS = ("head", "chead")


@dataclass(frozen=True)
class Joints:
    """Joint numbers. ``limbs`` by our names (``LeftUpLeg``, ...); ``spine`` from the first joint
    above ``hips`` to ``chest``, where the arms part; ``neck`` from there up, without ``head``;
    ``collars`` and ``knuckles`` left and right: a hand's knuckles are where fingers begin."""

    hips: int
    limbs: dict[str, int]
    spine: tuple[int, ...]
    neck: tuple[int, ...]
    head: int | None
    collars: tuple[int | None, int | None]
    knuckles: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def chest(self) -> int:
        return self.spine[-1] if self.spine else self.hips


def find_joints(bvh: Bvh, named: Sequence[tuple[str, str]] | None = None) -> Joints:
    """The joints by their names; ``named`` are pairs of a part of PARTS and a joint of the file, in
    place of the namings known here.

    Raises MotionError naming the joints that are needed and missing."""
    plain = _plain_names(bvh.names)
    if named is None:
        prefix, wanted = _naming(plain)
        limbs = {role: plain[prefix + name] for role, name in wanted.items()
                 if prefix + name in plain}  # fmt: skip
        heads = [plain[start + name] for start in (prefix, "") for name in _HEADS
                 if start + name in plain]  # fmt: skip
        head = heads[0] if heads else None
    else:
        prefix, wanted = "", {}
        limbs = _mapped(bvh, named)
        head = limbs.pop("Head", None)
    _add_ends(bvh, limbs)
    lost = [side + part for side, part in (*_needed(), *_sides("Hand")) if side + part not in limbs]
    if lost:
        raise _missing(bvh, lost, {role: prefix + name for role, name in wanted.items()}, named)
    hips = _parting(bvh, limbs["LeftUpLeg"], limbs["RightUpLeg"])
    chest = _parting(bvh, limbs["LeftArm"], limbs["RightArm"])
    spine = _below(bvh, hips, chest)
    if spine is None:
        raise MotionError(
            f"{bvh.path}: expected the arms to hang from a spine above {bvh.names[hips]}, found "
            f"them on {bvh.names[chest]}: is it a person's skeleton?"
        )
    neck = (_below(bvh, chest, head) if head is not None else None) or ()
    return Joints(
        hips=hips,
        limbs=limbs,
        spine=spine,
        neck=neck[:-1],
        head=head if neck else None,
        collars=(_collar(bvh, chest, limbs["LeftArm"]), _collar(bvh, chest, limbs["RightArm"])),
        knuckles=(_knuckles(bvh, limbs["LeftHand"]), _knuckles(bvh, limbs["RightHand"])),
    )


def _needed() -> Iterable[tuple[str, str]]:
    return [entry for part in _LIMBS for entry in _sides(part)]


def _sides(part: str) -> list[tuple[str, str]]:
    return [("Left", part), ("Right", part)]


def _plain_names(names: tuple[str, ...]) -> dict[str, int]:
    """Joints by name without case, punctuation and what stands before a colon."""
    plain: dict[str, int] = {}
    for joint, name in enumerate(names):
        lower = name.lower().rpartition(":")[2]
        kept = "".join(c for c in lower if c.isalnum() or c == "|")
        plain.setdefault(kept.removeprefix("mixamorig"), joint)
    return plain


def _naming(plain: dict[str, int]) -> tuple[str, dict[str, str]]:
    """The naming that fits most of the needed joints, by our names, and what the file has before
    each of its names, whatever its root is called."""
    best: tuple[str, dict[str, str]] = ("", {})
    fewest = 1000
    for (left, right), words in NAMINGS.values():
        wanted = {
            side + part: form.format(word)
            for side, form in (("Left", left), ("Right", right))
            for part, word in zip(_PARTS, words, strict=True)
        }
        needed = [wanted[side + part] for side, part in _needed()]
        prefixes = {n.removesuffix(word) for word in needed for n in plain if n.endswith(word)}
        for prefix in sorted({"", *prefixes}, key=lambda text: (len(text), text)):
            missing = sum(prefix + word not in plain for word in needed)
            if missing < fewest:
                best, fewest = (prefix, wanted), missing
    return best


def _mapped(bvh: Bvh, named: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Joints by our names as `motion.joint_map` gives them. Raises MotionError."""
    numbers = {name: joint for joint, name in reversed(list(enumerate(bvh.names)))}
    unknown = [(part, name) for part, name in named if name not in numbers]
    if unknown:
        known = [name for name in bvh.names if not name.endswith(" end")]
        said = []
        for part, name in unknown:
            near = difflib.get_close_matches(name, known, 1, 0.4)
            said.append(f"{name} ({part}{f'; nearest is {near[0]}' if near else ''})")
        raise MotionError(
            f"{bvh.path}: motion.joint_map names joints that the file does not have: "
            f"{', '.join(said)}. It has {_some(known)}."
        )
    return {part: numbers[name] for part, name in named}


def _missing(
    bvh: Bvh, lost: list[str], wanted: dict[str, str], named: Sequence[tuple[str, str]] | None
) -> MotionError:
    """What to say of a file in which joints are ``lost``, which it should call as ``wanted``."""
    found = [name for name in bvh.names if not name.endswith(" end")]
    if named is not None:
        return MotionError(
            f"{bvh.path}: expected the joints {', '.join(lost)} in motion.joint_map, found none. "
            f"The file has {_some(found)}."
        )
    plain = {"".join(filter(str.isalnum, name.lower())): name for name in found}
    near = {role: difflib.get_close_matches(wanted.get(role, ""), plain, 1, 0.75) for role in lost}
    hints = [f"{plain[names[0]]} for {role}" for role, names in near.items() if names]
    return MotionError(
        f"{bvh.path}: expected the joints {', '.join(lost)} or other names for them; found "
        f"{_some(found)}{f' (nearest: {_some(hints)})' if hints else ''}. Namings known: "
        f"{'; '.join(NAMINGS)}. Rename the joints to one of them, or name them in a file: "
        "motion.joint_map."
    )


def _some(names: list[str]) -> str:
    return f"{', '.join(names[:12])}{', ...' if len(names) > 12 else ''}"


def _add_ends(bvh: Bvh, limbs: dict[str, int]) -> None:
    """A hand or the toes may be no more than the End Site of the bone before."""
    ends = {parent: k for k, parent in enumerate(bvh.parents) if bvh.names[k].endswith(" end")}
    for side in ("Left", "Right"):
        for part, before in (("Hand", "ForeArm"), ("ToeBase", "Foot")):
            if side + part not in limbs and limbs.get(side + before) in ends:
                limbs[side + part] = ends[limbs[side + before]]


def _ancestors(bvh: Bvh, joint: int) -> list[int]:
    """The joint, its parent and so on up to the root."""
    line = [joint]
    while bvh.parents[line[-1]] >= 0:
        line.append(bvh.parents[line[-1]])
    return line


def _parting(bvh: Bvh, left: int, right: int) -> int:
    """The joint nearest to both from which they hang; a limb that hangs on the other counts not."""
    others = set(_ancestors(bvh, right)[1:])
    shared = [joint for joint in _ancestors(bvh, left)[1:] if joint in others]
    return shared[0] if shared else 0


def _below(bvh: Bvh, top: int, joint: int) -> tuple[int, ...] | None:
    """The joints from below ``top`` down to ``joint``; None where it does not hang from it."""
    line = _ancestors(bvh, joint)
    return tuple(reversed(line[: line.index(top)])) if top in line else None


def _collar(bvh: Bvh, chest: int, arm: int) -> int | None:
    way = _below(bvh, chest, arm)
    return way[0] if way and len(way) > 1 else None


def _knuckles(bvh: Bvh, hand: int) -> tuple[int, ...]:
    """First joints of the fingers, the thumb's left out, that are not where the wrist is."""
    found: list[int] = []
    for joint, parent in enumerate(bvh.parents):
        name = bvh.names[joint].lower()
        if parent != hand or name.endswith(" end") or "thumb" in name or "finger1" in name:
            continue
        if np.linalg.norm(bvh.offsets[joint]) > 1e-3:
            found.append(joint)
        else:
            found.extend(_knuckles(bvh, joint))
    return tuple(found)
