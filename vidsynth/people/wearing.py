"""Puts a person's accessories on, over the clothes they wear."""

from __future__ import annotations

import numpy as np

from vidsynth.body.model import BodyShape, body_model
from vidsynth.body.posture import Posture
from vidsynth.body.skeleton import posed
from vidsynth.people.figure import SLOTS, Figure
from vidsynth.people.person import Person
from vidsynth.wardrobe.accessories import bags, facewear, headwear, held
from vidsynth.wardrobe.accessories.clothed import Clothed, Part, assemble, follows_arm, stature
from vidsynth.wardrobe.accessories.tied import TIED, tied
from vidsynth.wardrobe.records import Accessories


def put_on_accessories(
    person: Person, shape: BodyShape, figure: Figure, upright: np.ndarray
) -> Figure:
    """The figure with the person's accessories on it.

    They are put on while the person stands still: ``upright`` (31, 3, 3) are the rotations of the
    bones then (see `motion.standing.upright`).
    """
    if person.accessories == Accessories() and person.hair_style not in TIED:
        return figure
    clothed = _standing(shape, figure, upright)
    parts = _parts(person, clothed)
    return figure.wearing(assemble(parts, clothed)) if parts else figure


def _standing(shape: BodyShape, figure: Figure, rotations: np.ndarray) -> Clothed:
    """The dressed body in the pose ``rotations`` (31, 3, 3)."""
    body = body_model().pose(shape, rotations[None])[0]
    size, floor = stature(body)
    triangles = figure.triangles
    hair = np.zeros(len(figure.rest), bool)
    hair[np.unique(triangles[figure.slots == SLOTS.index("hair")])] = True
    return Clothed(
        points=figure.pose(body).astype(float),
        body=body.astype(float),
        weights=figure.weights,
        triangles=triangles,
        hair=hair,
        arms=follows_arm(figure.weights),
        size=size,
        floor=floor,
        heads=posed(rotations[None], shape.heads).positions[:, 0],
    )


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
