"""A MakeHuman asset as a whole: bindings, mesh, material, and what kind of clothing it is."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from strict_reading import named
from vidsynth.body.anatomy import KNEE
from vidsynth.colour import Colour
from vidsynth.errors import AssetError
from vidsynth.wardrobe.makehuman import basemesh
from vidsynth.wardrobe.makehuman.mhclo import Clothing, read_mhclo
from vidsynth.wardrobe.makehuman.mhmat import Paint, read_paint
from vidsynth.wardrobe.makehuman.obj import Mesh, read_obj

KINDS = ("top", "trousers", "skirt", "dress", "suit", "shoes", "hair", "hat")
"""A suit is in one piece and has legs; a dress is in one piece and has none."""

_FOLDERS = {
    "eyebrows", "eyelashes", "eyes", "teeth", "tongue", "genitals", "proxymeshes", "bodyparts",
    "skins", "debug",
}  # fmt: skip
_NEVER = {
    "glove", "sock", "stocking", "glasses", "sunglasses", "goggle", "belt", "necklace", "earring",
    "watch", "bracelet", "mask", "tie", "underwear", "bra", "panties", "lingerie", "jewelry", "bag",
    "backpack", "ring", "crown", "tattoo", "beard", "moustache", "mustache", "eyebrow", "eyelash",
    "horn", "wing", "tail", "weapon", "scarf", "helper", "helpers",
}  # fmt: skip
_HAIR = {"hair", "wig", "afro", "ponytail", "braid"}
_HAT = {"hat", "cap", "beanie", "fedora", "beret", "helmet", "headgear", "headwear"}
_SHOES = {"shoe", "boot", "sneaker", "sandal", "slipper", "loafer", "trainer", "footwear"}
_DRESS = {"dress", "gown", "frock", "robe", "minidress", "sundress"}
_SKIRT = {"skirt", "miniskirt", "kilt"}
_COAT = {"coat", "jacket", "parka", "blazer", "raincoat", "anorak", "trenchcoat"}


@dataclass(frozen=True, eq=False)
class Asset:
    """A MakeHuman asset.

    name: its file's path in the folder, without the ending.
    rest: (N, 3) on the base mesh, statures.
    sleeve, length: of what is worn above or below, as in Garment.
    """

    name: str
    kind: str
    sex: str
    words: frozenset[str]
    clothing: Clothing
    mesh: Mesh
    paint: Paint
    rest: np.ndarray

    @property
    def colour(self) -> Colour:
        return self.paint.main

    @property
    def low(self) -> float:
        """Where it ends below, statures."""
        return float(self.rest[np.unique(self.mesh.triangles), 2].min())

    @property
    def upper_kind(self) -> str:
        """What a garment like this is called above the waist."""
        if self.words & _COAT:
            return "jacket"
        for name, known in (
            ("sweater", {"sweater", "hoodie", "pullover", "jumper", "cardigan", "sweatshirt"}),
            ("shirt", {"shirt", "blouse", "polo"}),
        ):
            if self.words & known:
                return name
        sleeve = self.sleeve
        return "tank-top" if sleeve < 0.12 else "t-shirt" if sleeve <= 0.5 else "long-sleeve"

    @property
    def sleeve(self) -> float:
        """0 none to 1 the wrist, from where the cloth ends along the arm."""
        points = np.column_stack([np.abs(self.rest[:, 0]), self.rest[:, 1:]])
        reach = [0.0]
        for start, end, base in (
            (basemesh.SHOULDER, basemesh.ELBOW, 0.0),
            (basemesh.ELBOW, basemesh.WRIST, 0.5),
        ):
            bone = end - start
            along = (points - start) @ bone / (bone @ bone)
            aside = np.linalg.norm(points - start - along[:, None] * bone, axis=1)
            near = (aside < 0.05) & (along > 0) & (along < 1.15) & (points[:, 0] > 0.115)
            reach.append(
                float(base + 0.5 * min(along[near].max(initial=0.0), 1.0)) if near.any() else 0
            )
        return float(np.clip(max(reach) / 0.97, 0, 1))

    @property
    def length(self) -> float:
        """As garments count it: of a top from the waist, of legs and skirts from mid-thigh."""
        if self.kind == "top":
            return float(np.clip((0.535 - self.low) / 0.085, 0, 1))
        if self.kind in ("skirt", "dress"):
            return float(np.interp(self.low, (0.09, KNEE, 0.39), (1, 0.4, 0)))
        return float(np.interp(self.low, (0.03, KNEE, 0.40), (1, 0.45, 0)))

    @property
    def hair_style(self) -> str:
        """Of hair, by where it ends: at the ears, the chin or below."""
        return "short" if self.low > 0.885 else "bob" if self.low > 0.815 else "long"


@lru_cache(maxsize=256)
def load(directory: Path, name: str) -> Asset | None:
    """The asset of that name; None where it is nothing to wear. Raises AssetError."""
    path = directory / f"{name}.mhclo"
    if _FOLDERS & {part.lower() for part in Path(name).parts[:-1]}:
        return None
    clothing = read_mhclo(path)
    _require_inside(directory, path, clothing.mesh, clothing.material)
    mesh = read_obj(clothing.mesh)
    if mesh.vertices != len(clothing.bound):
        raise AssetError(
            f"{path}: expected a line for each of the {mesh.vertices} vertices of "
            f"{clothing.mesh.name}, found {len(clothing.bound)}."
        )
    rest = basemesh.fitted(clothing, basemesh.base_mesh())
    words = frozenset(words_of(" ".join((name, clothing.name, *clothing.tags))))
    kind = _kind(name, words, clothing, rest)
    if kind is None:
        return None
    a, b, c = (rest[mesh.triangles[:, k]] for k in range(3))
    paint = read_paint(clothing.material, mesh, np.linalg.norm(np.cross(b - a, c - a), axis=1))
    _require_inside(directory, path, paint.texture)
    female, male = ({"female", "woman", "women", "lady"} & words, {"male", "man", "men"} & words)
    sex = "" if bool(female) == bool(male) else "female" if female else "male"
    return Asset(name, kind, sex, words, clothing, mesh, paint, rest)


def _require_inside(directory: Path, path: Path, *files: Path | None) -> None:
    """AssetError: an asset names files elsewhere on the machine, which would get into pictures."""
    top = os.path.abspath(directory)
    for file in files:
        if file is not None and not Path(os.path.abspath(file)).is_relative_to(top):
            raise AssetError(
                f"{path}: expected its files under {named(directory)}, found {named(file)}. Copy "
                "that file there, and name it so."
            )


def words_of(text: str) -> list[str]:
    """Lower-case words, digits and punctuation aside, plurals as they are and without their s."""
    found = re.findall(r"[a-z]+", text.lower())
    return [form for word in found for form in (word, word.removesuffix("s"))]


def _kind(name: str, words: frozenset[str], clothing: Clothing, rest: np.ndarray) -> str | None:
    """See docs/people.md: the folder, then names and tags, then where it is on the body."""
    folders = {part.lower() for part in Path(name).parts[:-1]}
    if folders & {"hair", "hairs"} or words & _HAIR:
        return "hair"
    if words & _NEVER:
        return None
    if words & _HAT:
        return "hat"
    if words & _SHOES:
        return "shoes"
    low, high = float(rest[:, 2].min()), float(rest[:, 2].max())
    below = rest[:, 2] < 0.45
    hanging = (
        np.isin(clothing.bound[below, 0], basemesh.SKIRT).mean() > 0.5 if below.any() else False
    )
    skirted = bool(hanging) or bool(words & (_DRESS | _SKIRT))
    if high < 0.25:
        return "shoes"
    if low > 0.84:
        return "hat"
    if high > 0.70 and (low > 0.40 or words & _COAT):
        return "top" if low < 0.72 else None
    if high > 0.70:
        return "dress" if skirted else "suit"
    if low < 0.48:
        return "skirt" if skirted else "trousers"
    return None
