"""Reads MakeHuman's ``.mhmat``: the colour and the picture of clothes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from strict_reading import shown
from vidsynth.colour import Colour, luminance, to_display, to_linear
from vidsynth.errors import AssetError, PictureError
from vidsynth.user_files.pictures import read_rgba
from vidsynth.wardrobe.makehuman.mhclo import beside, number, text_lines
from vidsynth.wardrobe.makehuman.obj import Mesh

_LEAST_SEEN = 1e-3
"""Share of an asset's surface that its picture must show."""


@dataclass(frozen=True)
class Paint:
    """The material of an asset.

    colour: where there is no texture.
    texture: the picture on it.
    holes: whether the texture's alpha cuts cloth away.
    main: the colour seen on the whole, sRGB.
    level: of hair, whose colour is the person's, the texture's mean luminance, linear; else 0.
    """

    colour: Colour
    texture: Path | None
    holes: bool
    main: Colour
    level: float = 0.0


def read_paint(path: Path | None, mesh: Mesh, areas: np.ndarray) -> Paint:
    """The material of a mesh whose triangles have ``areas`` (F,); grey without a file.

    Raises AssetError."""
    colour: Colour = (0.6, 0.6, 0.6)
    texture: Path | None = None
    for at, line in enumerate([] if path is None else text_lines(path), 1):
        words, where = line.split(), f"{path}, line {at}"
        if len(words) < 2 or path is None:
            continue
        if words[0] == "diffuseColor":
            if len(words) != 4:
                raise AssetError(
                    f"{where}: expected diffuseColor R G B, found {shown(line.strip())}."
                )
            r, g, b = (float(np.clip(number(word, where), 0, 1)) for word in words[1:])
            colour = (r, g, b)
        elif words[0] == "diffuseTexture":
            texture = beside(path, " ".join(words[1:]), where, "picture")
    if texture is None:
        return Paint(colour, None, False, colour)
    if not mesh.textured:
        raise AssetError(
            f"{path}: expected texture coordinates for {texture.name} on every face of the mesh, "
            "found faces without (f 1 2 3)."
        )
    seen = _seen(texture, mesh, areas)
    weight = seen[:, 3] * areas
    if weight.sum() < _LEAST_SEEN * areas.sum():
        raise AssetError(
            f"{path}: expected cloth that is seen, found {texture.name} transparent wherever it "
            "lies on the mesh."
        )
    mean = (seen[:, :3] * weight[:, None]).sum(0) / max(weight.sum(), 1e-9)
    r, g, b = (float(round(value, 4)) for value in np.clip(to_display(mean), 0, 1))
    level = float(luminance(mean))
    return Paint(colour, texture, bool(seen[:, 3].min() < 0.99), (r, g, b), level)


def _seen(texture: Path, mesh: Mesh, areas: np.ndarray) -> np.ndarray:
    """Linear RGB and alpha (F, 4) at the middle of each triangle."""
    try:
        pixels = np.asarray(read_rgba(texture), float) / 255
    except PictureError as error:
        raise AssetError(f"Expected a picture in {texture}, found: {error}.") from None
    u, v = mesh.uv.mean(1).T % 1.0
    height, width = pixels.shape[:2]
    found = pixels[
        ((1 - v) * (height - 1)).round().astype(int), (u * (width - 1)).round().astype(int)
    ]
    return np.concatenate([to_linear(found[:, :3]), found[:, 3:]], 1)
