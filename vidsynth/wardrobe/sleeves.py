"""Where along the arm cloth lies, and where a sleeve ends."""

from __future__ import annotations

import numpy as np

from vidsynth.body import anatomy as at
from vidsynth.wardrobe.cutting import Piece

SLEEVELESS = 0.05
"""A shorter sleeve than this is none: the armhole lies on the shoulder."""

ARM = 0.25
"""Share of a vertex that follows the arm's bones, from which on it is of the arm."""

_ARMS = ("LeftArm", "LeftForeArm", "LeftHand", "RightArm", "RightForeArm", "RightHand")


def arm_parameter(piece: Piece) -> np.ndarray:
    """(N,) how far along the arm a vertex lies: 0 at the shoulder joint, 1 at the wrist, below 0
    on the trunk."""
    return np.where(arm_share(piece) > ARM, along_arm(piece), -0.2)


def arm_share(piece: Piece) -> np.ndarray:
    """(N,) share of each vertex that follows the bones of an arm."""
    return piece.field(at.anatomy().bone_weight(*_ARMS))


def arm_joints() -> np.ndarray:
    """(3, 3) the left shoulder, elbow and wrist of the average body, statures."""
    names = ("LeftArm", "LeftForeArm", "LeftHand")
    return np.asarray(at.anatomy().heads[[at.BONES.index(name) for name in names]])


def along_arm(piece: Piece) -> np.ndarray:
    """(N,) as arm_parameter, of every vertex as if it were of an arm."""
    shoulder, elbow, wrist = arm_joints()
    mirrored = np.column_stack([np.abs(piece.rest[:, 0]), piece.rest[:, 1:]])

    def along(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (mirrored - a) @ (b - a) / ((b - a) @ (b - a))

    upper, fore = along(shoulder, elbow), along(elbow, wrist)
    return np.where(upper < 1, 0.5 * upper, 0.5 + 0.5 * np.maximum(fore, 0))


def sleeve_reach(sleeve: float) -> float:
    """Where on the arm a sleeve ends, as arm_parameter counts: 0.5 is the elbow."""
    return max(sleeve, SLEEVELESS) * 0.97
