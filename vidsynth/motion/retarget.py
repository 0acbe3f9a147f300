"""A captured motion on a body: its bones point where the captured ones do, and twist with them.

A bone's world rotation is ``M R C``: ``C`` turns our rest pose into the file's, ``R`` is the
captured joint's rotation from that rest pose, and ``M`` the smallest rotation that takes what then
remains between the bone and the captured one, where the file splits a bone in two.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from vidsynth.body.anatomy import BONES, PARENTS
from vidsynth.geometry.rotations import smallest
from vidsynth.motion.capture import Capture

_SIDES = ("Left", "Right")
ENDS = {
    "LowerBack": "Spine", "Spine": "Spine1", "Spine1": "Neck", "Neck": "Neck1", "Neck1": "Head",
} | {
    side + bone: side + end
    for side in _SIDES
    for bone, end in (
        ("UpLeg", "Leg"), ("Leg", "Foot"), ("Foot", "ToeBase"), ("Arm", "ForeArm"),
         ("ForeArm", "Hand"), ("Hand", "FingerBase"),
    )
}  # fmt: skip
"""The bones that point as the captured ones do, and where they end. Hips, collar bones, head, toes
and fingers have no direction two skeletons agree on: CMU's collar bones rise to the shoulder by 15
degrees, ours fall by 8, and pointing them alike would shrug. They turn as much as the captured."""

# Our rest pose has other arms than a T-pose. The elbow is straightened before the arm is raised
# and the wrist before the elbow; all else is compared with the rest pose directly.
_FOLLOWS = {
    side + bone: side + before
    for side in _SIDES
    for bone, before in (("Leg", "UpLeg"), ("ForeArm", "Arm"), ("Hand", "ForeArm"))
}


def retarget(
    capture: Capture, heads: np.ndarray, frames: slice | np.ndarray = slice(None)
) -> np.ndarray:
    """(T, 31, 3, 3) rotations for anny's ``local-ref`` pose on a body with joints ``heads``
    (31, 3), metres, at rest. Bones that the file lacks keep their rest pose."""
    ours = _our_aims(heads)
    rests = _rest_corrections(capture, ours, heads)
    turns, aims = capture.turns[frames], capture.aims[frames]
    world: list[np.ndarray] = []
    local = np.empty((len(turns), len(BONES), 3, 3))
    for number, name in enumerate(BONES):
        above = world[PARENTS[number]] if number else np.broadcast_to(np.eye(3), (len(turns), 3, 3))
        if name in rests:
            k = capture.bones.index(name)
            here = turns[:, k] @ rests[name]
            if name in ours and np.isfinite(aims[:, k]).all():
                here = smallest(here @ ours[name], aims[:, k]) @ here
        else:
            here = above
        world.append(here)
        local[:, number] = above.swapaxes(1, 2) @ here
    return local


def _our_aims(heads: np.ndarray) -> dict[str, np.ndarray]:
    aims = {}
    for name, end in ENDS.items():
        along = heads[BONES.index(end)] - heads[BONES.index(name)]
        aims[name] = along / np.linalg.norm(along)
    return aims


def _rest_corrections(
    capture: Capture, ours: dict[str, np.ndarray], heads: np.ndarray
) -> dict[str, np.ndarray]:
    """Of each captured bone the rotation (3, 3) from our rest pose to the file's."""
    found: dict[str, np.ndarray] = {}
    for name, theirs in zip(capture.bones, capture.rest_aims, strict=True):
        before = found[_FOLLOWS[name]] if name in _FOLLOWS else np.eye(3)
        if name in ours and np.isfinite(theirs).all():
            before = smallest((before @ ours[name])[None], theirs[None])[0] @ before
        found[name] = before
    for side in _SIDES:
        _turn_palm(capture, found, heads, side)
        # Soles are flat in both rest poses: toes need no more than the foot's heading.
        if f"{side}ToeBase" in found:
            x, y = (found[f"{side}Foot"] @ [0.0, -1.0, 0.0])[:2]
            found[f"{side}ToeBase"] = Rotation.from_euler("z", np.arctan2(x, -y)).as_matrix()
    return found


def _turn_palm(
    capture: Capture, found: dict[str, np.ndarray], heads: np.ndarray, side: str
) -> None:
    """Rest poses have the thumb in front, whether arms are level or hang: turn our hand about
    the forearm until it is, half of the way already along the forearm, as radius and ulna do."""
    axis = capture.rest_aims[capture.bones.index(f"{side}ForeArm")]
    if not np.isfinite(axis).all():
        return
    thumb = heads[BONES.index(f"{side[0]}Thumb")] - heads[BONES.index(f"{side}Hand")]
    thumb = found[f"{side}Hand"] @ thumb
    front = np.array([0.0, -1.0, 0.0])
    thumb, front = (v - (v @ axis) * axis for v in (thumb, front))
    if np.linalg.norm(front) < 0.5:  # an arm stretched forward says nothing about its twist
        return
    twist = np.arctan2(np.cross(thumb, front) @ axis, thumb @ front)
    for bone, share in ((f"{side}Hand", 1.0), (f"{side}ForeArm", 0.5)):
        turn = Rotation.from_rotvec(share * twist * axis).as_matrix()
        found[bone] = turn @ found[bone]
