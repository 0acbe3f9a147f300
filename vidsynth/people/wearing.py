"""Putting a person's accessories on, over the clothes they wear."""

from __future__ import annotations

import numpy as np

from vidsynth.body.anatomy import BONES, PARENTS
from vidsynth.body.model import BodyShape, body_model
from vidsynth.motion.gait import Gait, joint_rotations
from vidsynth.motion.postures import hold
from vidsynth.people.figure import SLOTS, Figure
from vidsynth.people.person import Accessories, Person, Posture
from vidsynth.wardrobe.accessories import bags, facewear, headwear, held
from vidsynth.wardrobe.accessories.clothed import Clothed, Part, armness, assemble, stature
from vidsynth.wardrobe.accessories.tied import TIED, tied

_UPRIGHT = ("Hips", "LowerBack", "Spine", "Spine1", "Neck", "Neck1", "Head")


def wear(person: Person, shape: BodyShape, figure: Figure) -> Figure:
    """The figure with the person's accessories on it."""
    if person.accessories == Accessories() and person.hair_style not in TIED:
        return figure
    clothed = stand(person, shape, figure)
    parts = _parts(person, clothed)
    return figure.wearing(assemble(parts, clothed)) if parts else figure


def stand(person: Person, shape: BodyShape, figure: Figure) -> Clothed:
    """The person upright and still, with their arms as their posture has them."""
    rotations = standing(person.gait, person.posture, shape)
    body = body_model().pose(shape, rotations[None])[0]
    size, floor = stature(body)
    triangles = figure.triangles
    hair = np.zeros(len(figure.rest), bool)
    hair[np.unique(triangles[figure.slots == SLOTS.index("hair")])] = True
    joints = shape.heads
    heads, turns = [np.zeros(3)], [rotations[0]]
    for bone in range(1, len(BONES)):
        above = PARENTS[bone]
        heads.append(heads[above] + turns[above] @ (joints[bone] - joints[above]))
        turns.append(turns[above] @ rotations[bone])
    return Clothed(
        points=figure.pose(body).astype(float),
        body=body.astype(float),
        weights=figure.weights,
        triangles=triangles,
        hair=hair,
        arms=armness(figure.weights),
        size=size,
        floor=floor,
        heads=np.array(heads),
    )


def standing(gait: Gait, posture: Posture, shape: BodyShape) -> np.ndarray:
    """(31, 3, 3) rotations of a person who stands upright and looks ahead."""
    moments = joint_rotations(gait, np.arange(16) / 16)
    mean = moments.mean(0)
    u, _, vt = np.linalg.svd(mean)
    still = (u @ vt)[None]
    for name in BONES:
        if name in _UPRIGHT or "Leg" in name or "Foot" in name or "Toe" in name:
            still[:, BONES.index(name)] = np.eye(3)
    held_still = hold(still, posture, shape)[0]
    for name in ("Neck", "Head"):
        held_still[BONES.index(name)] = np.eye(3)
    return held_still


def _parts(person: Person, clothed: Clothed) -> list[Part]:
    worn, posture = person.accessories, person.posture
    parts: list[Part] = []
    if person.hair_style in TIED:
        parts += tied(clothed, person.hair_style, person.hair, worn.head.kind)
    bag = worn.bag
    if bag.kind == "backpack":
        parts += bags.backpack(clothed, bag.colour)
    elif bag.kind == "shoulder-bag":
        parts += bags.shoulder_bag(clothed, bag.colour, _side(posture, ("aside",)))
    elif bag.kind == "handbag":
        parts += bags.handbag(clothed, bag.colour, _side(posture, ("carry",)))
    makers = {
        "cap": headwear.cap, "hat": headwear.hat, "beanie": headwear.beanie,
        "headphones": headwear.headphones,
    }  # fmt: skip
    if worn.head.kind in makers:
        parts += makers[worn.head.kind](clothed, worn.head.colour)
    if worn.eyes.kind != "none":
        parts += facewear.glasses(clothed, worn.eyes.colour, worn.eyes.kind == "sunglasses")
    if worn.face.kind != "none":
        parts += facewear.face_mask(clothed, worn.face.colour)
    if worn.neck.kind != "none":
        parts += facewear.scarf(clothed, worn.neck.colour)
    if worn.hand.kind == "phone":
        parts += held.phone(clothed, worn.hand.colour, _side(posture, ("look", "call")))
    elif worn.hand.kind == "umbrella":
        parts += held.umbrella(clothed, worn.hand.colour, _side(posture, ("umbrella",)))
    return parts


def _side(posture: Posture, arms: tuple[str, ...]) -> str:
    return "left" if posture.left in arms else "right"
