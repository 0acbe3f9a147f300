"""How far cloth stands off a particular body: it falls from chest, shoulders and hips."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from vidsynth.body import anatomy as at
from vidsynth.body.model import BodyShape
from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.sleeves import arm_parameter

_BINS = 24
_LIMIT = 0.055


def distance_from_body(cloth: Cloth, shape: BodyShape, looseness: float, fall: float) -> np.ndarray:
    """Distance (N,) of the cloth from the body along its normals, metres.

    It is ``looseness`` metres everywhere. Where the cloth may drape it also fills the hollow
    between the body and the width that it falls from, by the share ``fall``.
    """
    points = cloth.piece.field(shape.vertices)
    joints = shape.heads
    arm = arm_parameter(cloth.piece)
    height = cloth.piece.rest[:, 2]
    push = looseness * cloth.stand_off
    if cloth.sunk is not None:
        push = push + 0.75 * cloth.sunk * np.ptp(shape.vertices[at.BODY, 2])
    freedom = cloth.drape * fall * np.clip(looseness / 0.016, 0.25, 1.3)
    legs = (height <= 0.47) & (arm < 0.1) if cloth.legs else np.zeros(len(height), bool)
    trunk = (arm < 0.1) & ~legs
    if trunk.any():
        hollow = _hollow(points, trunk, height, (0.48, 0.76))
        push = push + np.where(trunk, freedom * hollow, 0)
    for side, sign in (("Left", 1), ("Right", -1)):
        on_side = sign * cloth.piece.rest[:, 0] > 0
        arms = on_side & (arm >= 0.1)
        if arms.any():
            chain = [joints[at.BONES.index(f"{side}{part}")] for part in ("Arm", "ForeArm", "Hand")]
            push = push + np.where(arms, freedom * _narrowing(points, chain, arms, 0.95), 0)
        leg = on_side & legs
        if leg.any():
            chain = [joints[at.BONES.index(f"{side}{part}")] for part in ("UpLeg", "Leg", "Foot")]
            push = push + np.where(leg, freedom * _narrowing(points, chain, leg, 0.80), 0)
    return push


def _hollow(
    points: np.ndarray,
    mask: np.ndarray,
    height: np.ndarray,
    band: tuple[float, float],
) -> np.ndarray:
    """Distance from each trunk vertex out to the widest the trunk gets in its direction."""
    centre = np.array([0.0, points[mask, 1].mean()])
    offset = points[:, :2] - centre
    radius = np.linalg.norm(offset, axis=1)
    sector = ((np.arctan2(offset[:, 1], offset[:, 0]) / (2 * np.pi) + 1) * _BINS).astype(int)
    sector %= _BINS
    within = mask & (height > band[0]) & (height < band[1])
    widest = np.zeros(_BINS)
    np.maximum.at(widest, sector[within], radius[within])
    widest = np.convolve(np.concatenate([widest] * 3), np.ones(3) / 3, "same")[_BINS : 2 * _BINS]
    return np.clip(widest[sector] - radius, 0, _LIMIT)


def _narrowing(
    points: np.ndarray, chain: list[np.ndarray], mask: np.ndarray, keep: float
) -> np.ndarray:
    """Distance from each limb vertex out to a tube ``keep`` as wide as the limb is at its top."""
    radius = np.full(len(points), np.inf)
    along = np.zeros(len(points))
    for k, (a, b) in enumerate(pairwise(chain)):
        t = np.clip((points - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
        distance = np.linalg.norm(points - a - t[:, None] * (b - a), axis=1)
        closer = distance < radius
        radius = np.where(closer, distance, radius)
        along = np.where(closer, k + t, along)
    top = mask & (along > 0.35) & (along < 0.6)
    if not top.any():
        return np.zeros(len(points))
    return np.clip(keep * np.median(radius[top]) - radius, 0, _LIMIT)
