"""A dressed person as one mesh, which one sparse product a frame poses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import sparse

from vidsynth.body import anatomy as at
from vidsynth.body.model import BodyShape
from vidsynth.geometry.vectors import unit
from vidsynth.people.person import Person
from vidsynth.wardrobe.accessories.clothed import follows_arm
from vidsynth.wardrobe.accessories.worn import FRAMES, Worn
from vidsynth.wardrobe.cloth import Cloth, finish, nothing
from vidsynth.wardrobe.cloth_coordinates import cloth_coordinates
from vidsynth.wardrobe.cutting import Piece, compact, join, shell
from vidsynth.wardrobe.draping import distance_from_body
from vidsynth.wardrobe.garments import GARMENTS, SHOE_KINDS, sew_garment, sew_inner
from vidsynth.wardrobe.hair import eyes, make_hair
from vidsynth.wardrobe.hems import Hem, free_hem
from vidsynth.wardrobe.makehuman.fit import fit_assets
from vidsynth.wardrobe.makehuman.layers import HAT, cloth_in_slot, hide_covered, texture_coordinates
from vidsynth.wardrobe.makehuman.mhmat import Paint
from vidsynth.wardrobe.records import Garment
from vidsynth.wardrobe.sleeves import SLEEVELESS, arm_parameter

_PROBES = 400
_TUCKED, _UNDER_A_JACKET = 0.003, 0.006
"""Metres that trousers stand off the body at most, under a top and under an open jacket."""
_BESIDE_ARMS, _KNEES, _ELBOWS = 0.17, 0.34, 0.64
"""Statures, in the rest pose: all that is nearer to the middle, and between knees and elbows, is
trunk or thigh."""
_PALM = 0.262
"""Statures, in the rest pose, beyond which a hand in a pocket is not seen."""
SLOTS = ("skin", "eyes", "hair", "lower", "inner", "shoes", "upper", HAT)


@dataclass(frozen=True, eq=False)
class Figure:
    """A dressed body of N vertices as one mesh.

    weights: (N, V) sparse over the body's vertices, of the body and its clothes alone.
    push: (N,) metres that these stand off along their normals.
    triangles: (F, 3).
    slots: (F,) index into SLOTS; accessories come after.
    rest: (N, 3) at rest, statures.
    cloth_at: (F, 3, 3) where corners lie in the cloth (see `cloth_coordinates`), statures.
    probes: (P,) triangles drawn in proportion to their area, to measure how much is seen.
    paints: materials of slots that hold a MakeHuman asset.
    uv: (F, 3, 2) texture coordinates of assets; None without any.
    worn: accessories, whose vertices come last.
    hem: the part of long garments that hangs free.
    """

    weights: sparse.csr_matrix
    push: np.ndarray
    triangles: np.ndarray
    slots: np.ndarray
    rest: np.ndarray
    cloth_at: np.ndarray
    probes: np.ndarray
    _faces_of_vertex: sparse.csr_matrix
    paints: dict[str, Paint] = field(default_factory=dict)
    uv: np.ndarray | None = None
    worn: Worn | None = None
    hem: Hem | None = None

    def pose(self, vertices: np.ndarray) -> np.ndarray:
        """(N, 3) figure over a posed body (V, 3), metres."""
        points = self.weights @ vertices
        sewn = self.triangles[: self._faces_of_vertex.shape[1]]
        a, b, c = (points[sewn[:, k]] for k in range(3))
        normals = unit(self._faces_of_vertex @ _cross(b - a, c - a))
        points = points + self.push[:, None] * normals
        if self.hem is not None:
            self.hem.straighten(points)
        if self.worn is not None:
            points = np.vstack([points, self.worn.pose(vertices)])
        return points.astype(np.float32)

    def wearing(self, worn: Worn) -> Figure:
        """The figure with things on it, whose vertices, triangles and materials come last."""
        count = len(self.rest)
        return replace(
            self,
            triangles=np.vstack([self.triangles, worn.triangles + count]),
            slots=np.concatenate([self.slots, worn.slots + len(SLOTS)]),
            rest=np.vstack([self.rest, worn.rest]),
            cloth_at=np.concatenate([self.cloth_at, np.zeros((len(worn.triangles), 3, 3))]),
            uv=None
            if self.uv is None
            else np.concatenate([self.uv, np.zeros((len(worn.triangles), 3, 2), self.uv.dtype)]),
            worn=worn,
        )

    def trunk(self, shape: BodyShape) -> np.ndarray:
        """(M, 3) metres: trunk and thighs as dressed, at rest, less what is carried."""
        count = len(self.push)
        across, height = np.abs(self.rest[:count, 0]), self.rest[:count, 2]
        rows = (across < _BESIDE_ARMS) & (height > _KNEES) & (height < _ELBOWS)
        return self.pose(shape.vertices)[:count][rows]

    def at_hips(self, shape: BodyShape) -> np.ndarray:
        """(M, 3) metres: the bag that hangs at the hips, at rest; no points without one."""
        if self.worn is None:
            return np.zeros((0, 3))
        hangs = self.worn.frame == list(FRAMES).index("hips")
        return self.worn.pose(shape.vertices)[hangs & ~follows_arm(self.worn.weights)]

    @property
    def outline(self) -> np.ndarray:
        """(N,) which vertices the person's box is drawn around: an open umbrella's do not count."""
        counted = np.ones(len(self.rest), bool)
        if self.worn is not None:
            counted[-len(self.worn.overhead) :] = ~self.worn.overhead
        return counted


def dress(person: Person, shape: BodyShape, assets: Path | None = None) -> Figure:
    """The body of that shape in the person's outfit.

    ``assets`` is the folder of the MakeHuman assets that the person names.
    """
    names = {
        "upper": person.upper.asset, "lower": person.lower.asset, "shoes": person.shoes.asset,
        "hair": person.hair_asset, HAT: person.hat_asset,
    }  # fmt: skip
    fitted = {} if assets is None else fit_assets(names, shape, assets)
    upper = cloth_in_slot(fitted, "upper", lambda: finish(sew_garment(person.upper), 8))
    layered = person.upper.open and "upper" not in fitted
    inner = finish(sew_inner(person.inner) if layered else nothing(), 8)
    lower = cloth_in_slot(fitted, "lower", lambda: finish(sew_garment(person.lower), 6))
    shoes = cloth_in_slot(fitted, "shoes", lambda: _shod(person.shoes.kind))
    hat_kind = person.accessories.head.kind
    hair = cloth_in_slot(
        fitted, "hair", lambda: make_hair(person.hair_style, person.beard, hat_kind)
    )
    hat = cloth_in_slot(fitted, HAT, nothing)
    hem = upper.piece.rest[:, 2].min()
    if "lower" not in fitted and not person.upper.open:
        lower = _unseen_cut_off(lower, hem + 0.07)
    pushes = {
        "upper": distance_from_body(upper, shape, max(person.upper.looseness, 0.010), 0.75),
        "inner": distance_from_body(inner, shape, max(person.inner.looseness, 0.006), 0.5),
        "lower": distance_from_body(lower, shape, person.lower.looseness, 0.85),
        "shoes": 0.007 * shoes.stand_off,
        "hair": hair.stand_off,
    }
    # What lies under another layer stays close to the body.
    for cloth, most in (
        (upper, _UNDER_A_JACKET if person.upper.open else _TUCKED),
        (inner, _TUCKED),
    ):
        if len(cloth.piece.rest):
            tucked = lower.piece.rest[:, 2] > cloth.piece.rest[:, 2].min() + 0.005
            pushes["lower"] = np.where(tucked, np.minimum(pushes["lower"], most), pushes["lower"])
    skin, balls = _visible_skin(person, inner if person.upper.open else upper, lower), eyes()
    parts = {
        "skin": (skin, np.zeros(len(skin.rest))),
        "eyes": (balls, np.zeros(len(balls.rest))),
        "hair": (hair.piece, pushes["hair"]),
        "lower": (lower.piece, pushes["lower"]),
        "inner": (inner.piece, pushes["inner"]),
        "shoes": (shoes.piece, pushes["shoes"]),
        "upper": (upper.piece, pushes["upper"]),
        HAT: (hat.piece, hat.stand_off),
    }
    uvs: dict[str, np.ndarray] = {}
    if fitted:
        parts, uvs = hide_covered(parts, fitted)
    whole = join(*(parts[name][0] for name in SLOTS))
    faces = np.arange(len(whole.triangles))
    incidence = sparse.csr_matrix(
        (
            np.ones(3 * len(faces), np.float32),
            (whole.triangles.T.ravel(), np.tile(faces, 3)),
        ),
        shape=(len(whole.rest), len(faces)),
    )
    return Figure(
        weights=_single(whole.weights),
        push=np.concatenate([parts[name][1] for name in SLOTS]).astype(np.float32),
        triangles=whole.triangles,
        slots=np.concatenate(
            [np.full(len(parts[name][0].triangles), k) for k, name in enumerate(SLOTS)]
        ),
        rest=whole.rest,
        cloth_at=np.concatenate(
            [
                cloth_coordinates(parts[name][0], legs=name == "lower" and lower.legs)
                for name in SLOTS
            ]
        ),
        probes=_probes(whole),
        _faces_of_vertex=incidence,
        paints={slot: asset.paint for slot, asset in fitted.items()},
        hem=_hem(person, whole, parts),
        uv=texture_coordinates({name: len(parts[name][0].triangles) for name in SLOTS}, uvs),
    )


def _hem(person: Person, whole: Piece, parts: dict[str, tuple[Piece, np.ndarray]]) -> Hem | None:
    """Where a coat or a dress hangs free of the body."""
    if person.upper.asset or not GARMENTS[person.upper.kind].hangs:
        return None
    counts = [len(parts[name][0].rest) for name in SLOTS]
    first = sum(counts[: SLOTS.index("upper")])
    tail = np.flatnonzero(arm_parameter(parts["upper"][0]) < 0)
    return free_hem(whole.rest, first + tail, person.body.stature)


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(F, 3) cross products; numpy's own takes three times as long."""
    (ax, ay, az), (bx, by, bz) = a.T, b.T
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], 1)


def _single(weights: sparse.csr_matrix) -> sparse.csr_matrix:
    """In single precision; astype would sort every row first."""
    return sparse.csr_matrix(
        (weights.data.astype(np.float32), weights.indices, weights.indptr), shape=weights.shape
    )


@lru_cache(maxsize=len(SHOE_KINDS))
def _shod(kind: str) -> Cloth:
    """Shoes are cut by their kind alone."""
    return finish(sew_garment(Garment(kind, "", (0.0, 0.0, 0.0))), 5)


def _probes(piece: Piece) -> np.ndarray:
    a, b, c = (piece.rest[piece.triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    fixed = np.random.default_rng(0)
    return fixed.choice(len(area), _PROBES, p=area / area.sum())


def _unseen_cut_off(lower: Cloth, height: float) -> Cloth:
    """Trousers less what is high under a coat or dress, where legs in stride might push through."""
    rest = lower.piece.rest
    if not len(rest) or height > 0.5:
        return lower
    seen = (rest[:, 2] < height)[lower.piece.triangles].any(1)
    kept = np.unique(lower.piece.triangles[seen])
    return Cloth(
        compact(lower.piece, lower.piece.triangles[seen]),
        lower.stand_off[kept],
        lower.drape[kept],
        lower.legs,
        None if lower.sunk is None else lower.sunk[kept],
    )


def _visible_skin(person: Person, upper: Cloth, lower: Cloth) -> Piece:
    """The body less what clothes hide, so that nothing can poke through them.

    ``upper`` is the top that shows at the neck.
    """
    body = at.anatomy()
    skin = shell(body.rest, body.triangles["skin"])
    height, arm = skin.rest[:, 2], arm_parameter(skin)
    hidden = np.zeros(len(height), bool)
    fingers = np.abs(skin.rest[:, 0]) > 0.245
    # Of what lies under an asset, the asset says itself what it hides.
    if not person.upper.asset:
        cloth = upper.piece.rest
        collar = cloth[np.abs(cloth[:, 0]) < 0.05, 2].max() - 0.035
        sleeve = max(person.upper.sleeve, SLEEVELESS) - 0.06
        below_collar = (height < collar) | ((np.abs(skin.rest[:, 0]) > 0.064) & (height < 0.86))
        covered = (height > cloth[:, 2].min() + 0.02) & below_collar & (arm < sleeve)
        if person.upper.sleeve < SLEEVELESS:
            covered &= (np.abs(skin.rest[:, 0]) < at.ARMHOLE - 0.015) | (height < at.ARMPIT - 0.02)
        hidden |= covered
    if not person.lower.asset:
        # Below the shoulders only the arms stand clear of the trunk.
        hems = lower.piece.rest[:, 2]
        leg = height > (hems.min() if len(hems) else at.WAIST) + 0.015
        hidden |= leg & (height < at.WAIST) & (arm < 0.3)
    hidden &= ~fingers
    for arm_does, side in ((person.posture.left, 1), (person.posture.right, -1)):
        if arm_does == "pocket":
            hidden |= side * skin.rest[:, 0] > _PALM
    if not person.shoes.asset:
        hidden |= height < GARMENTS[person.shoes.kind].covers
    return compact(skin, skin.triangles[~hidden[skin.triangles].all(1)])
