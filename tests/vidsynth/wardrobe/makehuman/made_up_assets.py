"""Assets in MakeHuman's format, made as MakeClothes makes them: shapes bound to the base mesh."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from scipy.spatial import cKDTree

from vidsynth.body.anatomy import BODY, anatomy
from vidsynth.wardrobe.cloth import finish
from vidsynth.wardrobe.garments import sew_garment
from vidsynth.wardrobe.hair import make_hair
from vidsynth.wardrobe.makehuman.basemesh import base_mesh
from vidsynth.wardrobe.records import Garment

DECIMETRES = 16.6589
"""Height of the base mesh in the files' unit."""

RED, GREEN, BLUE = (0.75, 0.06, 0.08), (0.10, 0.45, 0.15), (0.08, 0.12, 0.70)
_PLANES = {"x_scale": (5399, 11998, 0), "y_scale": (791, 881, 2), "z_scale": (962, 5320, 1)}
_GREY = (0.5, 0.5, 0.5)


def make_assets(root: Path) -> Path:
    """A tunic, trousers, a dress, boots, a hat and hair, as the community lays them out."""
    tights, body = anatomy().triangles["tights"], anatomy().triangles["body"]
    skirt = np.concatenate([tights, anatomy().triangles["skirt"]])
    under = under_clothes(0.46, 0.84)
    tunic = _sewn(Garment("long-sleeve", "red", RED, length=0.9, sleeve=0.6), 0.016)
    look = {"texture": stripes(), "deleted": under}
    write_asset(root, "clothes/tunic/tunic", *tunic, skirt, tags=("Shirts",), **look)
    legs = _sewn(Garment("trousers", "green", GREEN, length=0.98), 0.010)
    look = {"colour": GREEN, "deleted": under_clothes(0.06, 0.55)}
    write_asset(root, "clothes/work_pants/work_pants", *legs, tights, **look)
    boots = _sewn(Garment("boots", "blue", BLUE), 0.012)
    look = {"colour": BLUE, "deleted": under_clothes(-0.01, 0.07)}
    write_asset(root, "clothes/boots01/boots01", *boots, tights, tags=("Shoes",), **look)
    black = {"colour": (0.1, 0.1, 0.1)}
    write_asset(root, "clothes/top_hat/top_hat", *hat(), body, tags=("Hats",), **black)
    mop = make_hair("bob")
    points = mop.piece.rest + 0.01 * normals(mop.piece.rest, mop.piece.triangles)
    points = points - anatomy().rest.mean(0) + base_mesh().mean(0)
    write_asset(root, "hair/mop/mop", points, mop.piece.triangles, body, colour=(0.9, 0.9, 0.9))
    write_asset(root, "eyebrows/eyebrow01/eyebrow01", *hat(), body, colour=_GREY)
    return root


def write_asset(
    root: Path,
    name: str,
    points: np.ndarray,
    faces: np.ndarray,
    under: np.ndarray,
    *,
    tags: tuple[str, ...] = (),
    colour: tuple[float, float, float] = _GREY,
    texture: np.ndarray | None = None,
    deleted: np.ndarray | None = None,
) -> Path:
    """Writes ``name``.mhclo, .obj, .mhmat and maybe .png: ``points`` (N, 3) on the base mesh,
    statures, bound to the nearest of the base mesh's triangles ``under`` (F, 3). Returns the
    .mhclo."""
    path = root / f"{name}.mhclo"
    path.parent.mkdir(parents=True, exist_ok=True)
    base, stem = base_mesh(), path.stem
    bound, shares, offsets = bind(points, under)
    lines = ["# made up", "basemesh hm08", f"name {stem}", f"obj_file {stem}.obj"]
    lines += [f"tag {tag}" for tag in tags]
    for axis, (a, b, ours) in _PLANES.items():
        lines.append(f"{axis} {a} {b} {abs(base[a, ours] - base[b, ours]) * DECIMETRES:.6f}")
    lines += ["z_depth 50", "verts 0"]
    for (a, b, c), w, d in zip(bound, shares, offsets * DECIMETRES, strict=True):
        lines.append(
            f" {a} {b} {c} {w[0]:.6f} {w[1]:.6f} {w[2]:.6f} {d[0]:.6f} {d[2]:.6f} {-d[1]:.6f}"
        )
    # Community files have such lines after the bindings too.
    lines += [f"material {stem}.mhmat", ""]
    if deleted is not None:
        lines += ["delete_verts", *runs(deleted)]
    path.write_text("\n".join(lines) + "\n")
    x, y, z = (points * DECIMETRES).T
    around = np.arctan2(x, -y) / (2 * np.pi) + 0.5
    mesh = [f"v {a:.5f} {b:.5f} {c:.5f}" for a, b, c in zip(x, z, -y, strict=True)]
    mesh += [f"vt {u:.5f} {v:.5f}" for u, v in zip(around, points[:, 2], strict=True)]
    mesh += [f"f {a}/{a} {b}/{b} {c}/{c}" for a, b, c in faces + 1]
    path.with_suffix(".obj").write_text("\n".join(mesh) + "\n")
    look = ["diffuseColor " + " ".join(f"{value:g}" for value in colour)]
    if texture is not None:
        Image.fromarray(texture).save(path.with_suffix(".png"))
        look.append(f"diffuseTexture {stem}.png")
    path.with_suffix(".mhmat").write_text("\n".join(look) + "\n")
    return path


def bind(points: np.ndarray, under: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three vertices and weights (N, 3) of the plane nearest, and the offset (N, 3) from there."""
    base = base_mesh()
    corners = base[under]
    near = cKDTree(corners.mean(1)).query(points)[1]
    a, b, c = corners[near].transpose(1, 0, 2)
    edges = np.stack([b - a, c - a], 2)
    along = np.einsum("nij,nj->ni", np.linalg.pinv(edges), points - a)
    shares = np.concatenate([1 - along.sum(1, keepdims=True), along], 1).clip(-0.5, 1.5)
    shares /= shares.sum(1, keepdims=True)
    offset = points - (corners[near] * shares[..., None]).sum(1)
    return under[near], shares, offset


def under_clothes(low: float, high: float) -> np.ndarray:
    """Vertices of the body's trunk and legs between two heights, statures."""
    rest = base_mesh()
    within = (rest[:, 2] > low) & (rest[:, 2] < high)
    within &= np.abs(rest[:, 0]) < np.interp(rest[:, 2], (0.5, 0.6), (0.2, 0.13))
    within[BODY.stop :] = False
    return np.flatnonzero(within)


def runs(vertices: np.ndarray) -> list[str]:
    """Ranges as the format writes them: ``3 7 - 9``."""
    parts = np.split(vertices, np.flatnonzero(np.diff(vertices) > 1) + 1)
    return [f"{p[0]} - {p[-1]}" if len(p) > 1 else f"{p[0]}" for p in parts]


def normals(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = (points[triangles[:, k]] for k in range(3))
    total = np.zeros_like(points)
    for k in range(3):
        np.add.at(total, triangles[:, k], np.cross(b - a, c - a))
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)


def stripes() -> np.ndarray:
    """A red picture with white lines."""
    picture = np.full((128, 64, 3), np.rint(255 * np.array(RED)), np.uint8)
    picture[::16] = picture[1::16] = 240
    return picture


def hat() -> tuple[np.ndarray, np.ndarray]:
    """A crown and a brim, turned about the axis of the head."""
    base = base_mesh()
    head = base[BODY][base[BODY, 2] > 0.955]
    middle = (head.min(0) + head.max(0)) / 2
    profile = np.array(
        [(0.085, 0.955), (0.058, 0.957), (0.054, 0.99), (0.053, 1.03), (0.0525, 1.05), (0.0, 1.052)]
    )
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rings = [
        middle * (1, 1, 0)
        + np.stack([0.88 * r * np.sin(turns), -r * np.cos(turns), 0 * turns + z], 1)
        for r, z in profile
    ]
    faces = []
    for ring in range(len(profile) - 1):
        for k in range(24):
            a, b = 24 * ring + k, 24 * ring + (k + 1) % 24
            faces += [(a, b, b + 24), (a, b + 24, a + 24)]
    return np.concatenate(rings), np.array(faces)


def _sewn(garment: Garment, stand_off: float) -> tuple[np.ndarray, np.ndarray]:
    piece = finish(sew_garment(garment), 5).piece
    points = piece.weights @ base_mesh()
    return points + stand_off * 0.6 * normals(points, piece.triangles), piece.triangles
