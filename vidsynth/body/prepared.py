"""anny's body as plain arrays, prepared once on a machine.

anny needs torch: seconds to import and most of a gigabyte in every process. What rendering needs of
it are sums over blend shapes and skinning weights, so its arrays are written to a cache, from where
all processes map the same pages. ``python -m vidsynth.body.prepared`` writes them.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import platformdirs
from filelock import FileLock

from strict_reading import shorten
from vidsynth.body.anatomy import BONES, PARENTS, VERTICES
from vidsynth.errors import RenderError
from vidsynth.files import sync

if TYPE_CHECKING:
    from anny import Anny

_GROUPS = {
    "body": ["body"],
    "tights": ["helper-tights"],
    "skirt": ["helper-skirt"],
    "hair": ["helper-hair"],
    "eyes": ["helper-l-eye", "helper-r-eye"],
}


@dataclass(frozen=True, eq=False)
class PreparedBody:
    """The template and K blend shapes over V vertices and 31 bones, metres: ``vertices`` (V, 3),
    ``vertex_shapes`` (K, V, 3), ``heads`` (31, 3), ``head_shapes`` (K, 31, 3). A shape counts as
    much as the product of the phenotype's variations that ``mask`` (K, 26) marks. ``weights``
    (V, 31) for skinning; ``keypoints`` (17, V) regress COCO's; ``triangles`` (F, 3) by group.
    MakeHuman's own rig has three bones in each of a left and a right hand's five fingers:
    ``finger_joints`` (2, 5, 3, 8) vertices in whose middle each begins, ``finger_weights``
    (V, 2, 5, 3) how much vertices follow it."""

    vertices: np.ndarray
    vertex_shapes: np.ndarray
    heads: np.ndarray
    head_shapes: np.ndarray
    mask: np.ndarray
    weights: np.ndarray
    keypoints: np.ndarray
    triangles: dict[str, np.ndarray]
    finger_joints: np.ndarray
    finger_weights: np.ndarray


def cache_home() -> Path:
    """Where prepared data is kept between runs: the system's folder for caches, or that below
    XDG_CACHE_HOME."""
    wanted = os.environ.get("XDG_CACHE_HOME")
    return Path(wanted, "vidsynth") if wanted else platformdirs.user_cache_path("vidsynth", False)


def prepared_folder() -> Path:
    """Where the installed anny's arrays are, or will be."""
    return cache_home() / f"anny-{importlib.metadata.version('anny')}-body"


def load_prepared() -> PreparedBody:
    """The arrays, the large one mapped from its file.

    Where they are lacking or damaged they are prepared (anew), which takes about a minute. Raises
    RenderError naming the folder where that fails.
    """
    with contextlib.suppress(Damaged):
        return read_prepared()
    # In a process of its own: torch would stay in this one's memory.
    done = subprocess.run(
        [sys.executable, "-m", __name__], check=False, stderr=subprocess.PIPE, text=True
    )
    if done.returncode:
        said = shorten(done.stderr.strip().rpartition("\n")[2], 400) or "it wrote nothing"
        raise RenderError(
            f"The body model could not be prepared in {cache_home()} (exit code "
            f"{done.returncode}): {said}. It needs anny>=0.6,<0.7 and 0.5 GB there; "
            "XDG_CACHE_HOME names another place."
        )
    try:
        return read_prepared()
    except Damaged as error:
        raise RenderError(f"Cannot read the body model: {error}. Delete that folder.") from None


class Damaged(ValueError):
    """The prepared arrays are not there, or not whole; the message names the folder."""


def read_prepared() -> PreparedBody:
    """The arrays as an earlier run prepared them. Raises Damaged."""
    folder = prepared_folder()
    if not folder.exists():
        raise Damaged(f"nothing prepared in {folder}")
    try:
        with np.load(folder / "small.npz") as small:
            arrays = dict(small)
        triangles = {name: arrays.pop(f"triangles_{name}") for name in _GROUPS}
        shapes = np.asarray(np.load(folder / "vertex_shapes.npy", mmap_mode="r"))
        body = PreparedBody(vertex_shapes=shapes, triangles=triangles, **arrays)
        # Zeros of the right length are what a power cut leaves on many file systems.
        parts = (shapes[:: max(1, len(shapes) // 8)], body.vertices, body.heads, body.weights)
        whole = shapes.shape == (len(body.mask), len(body.vertices), 3) and all(
            np.isfinite(part).all() and np.any(part) for part in parts
        )
    except Exception as error:  # zip files and array headers fail in a dozen ways
        raise Damaged(f"damaged files in {folder} ({type(error).__name__}: {error})") from None
    if not whole:
        raise Damaged(f"damaged files in {folder} (arrays of zeros, or of another shape)")
    return body


def load_anny() -> Anny:
    """anny with the ``cmu_mb`` rig over all vertices, what it prepares kept in a cache of ours.

    anny writes its cache file by file: two processes at once, or a killed one, would leave a
    broken file that every later run trips over. Here one process prepares and marks it complete.
    """
    import anny
    import torch
    from anny.paths import set_anny_cache_path

    home = cache_home()
    home.mkdir(parents=True, exist_ok=True)
    store = home / f"anny-{anny.__version__}"
    with FileLock(home / "anny.lock"):
        if not (store / "complete").exists():
            shutil.rmtree(store, ignore_errors=True)
            store.mkdir()
        set_anny_cache_path(store)
        try:
            model = _made()
        except Exception:  # a damaged file of its cache fails in a dozen ways
            if not (store / "complete").exists():
                raise
            shutil.rmtree(store)
            store.mkdir()
            model = _made()
        if not (store / "complete").exists():
            # The raw data is needed for building alone, and is the larger part.
            for raw in store.rglob("load_data_*"):
                raw.unlink()
            (store / "complete").touch()
    return model.to(torch.float32)


def _made() -> Anny:
    import anny

    return anny.Anny(
        rig="cmu_mb",
        topology="makehuman-quads-full",
        pose_parameterization="local-ref",
        phenotype_blendshapes="original",
        phenotypes="all",
        # Not used here, but the default backend greets and warns about a missing GPU.
        skinning_method="lbs",
    )


def prepare() -> None:
    """Writes the arrays; they appear all or not at all. RuntimeError: anny has another rig."""
    from anny import KeypointsRegressor

    cache_home().mkdir(parents=True, exist_ok=True)
    folder = prepared_folder()
    with FileLock(cache_home() / "arrays.lock"):
        try:
            read_prepared()
            return
        except Damaged:
            pass
        model = load_anny()
        rig = tuple(model.bone_labels), tuple(map(int, model.bone_parents))
        if rig != (BONES, PARENTS):
            raise RuntimeError(
                f"anny's rig cmu_mb has bones and parents {rig}; expected {(BONES, PARENTS)}. "
                "Install anny>=0.6,<0.7."
            )
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        np.save(partial / "vertex_shapes.npy", model.blendshapes.numpy())
        np.savez(
            partial / "small.npz",
            vertices=model.template_vertices.numpy(),
            heads=model.template_bone_heads.numpy(),
            head_shapes=model.bone_heads_blendshapes.numpy(),
            mask=model.stacked_phenotype_blend_shapes_mask.numpy() > 0,
            weights=model.dense_vertex_bone_weights.numpy(),
            keypoints=KeypointsRegressor.coco(model).regression_weights[:17].numpy(),
            **{f"triangles_{name}": faces for name, faces in _triangles().items()},
            **_fingers(),
        )
        for path in (*partial.iterdir(), partial):
            sync(path)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
        sync(folder.parent)


def _makehuman() -> Path:
    """Where anny keeps MakeHuman's base mesh and rigs."""
    import anny

    return Path(anny.__file__).parent / "data" / "mpfb2"


def _groups() -> dict[str, list[list[int]]]:
    """The faces of the base mesh's groups, each a list of vertices."""
    from anny.utils.obj_utils import load_obj_file

    path = _makehuman() / "3dobjs" / "base.obj"
    _, _, groups = load_obj_file(str(path), pack_as_tensor=False)
    return {name: group["face_vertex_indices"] for name, group in groups.items()}


def _fingers() -> dict[str, np.ndarray]:
    rig = _makehuman() / "rigs" / "standard" / "weights.default.json"
    bones, groups = json.loads(rig.read_text())["weights"], _groups()
    joints = np.zeros((2, 5, 3, 8), np.int64)
    weights = np.zeros((VERTICES, 2, 5, 3), np.float32)
    for side, finger, bone in np.ndindex(joints.shape[:3]):
        letter, name = "lr"[side], f"{finger + 1}-{bone + 1}"
        cube = groups[f"joint-{letter}-finger-{name}"]
        joints[side, finger, bone] = sorted({vertex for face in cube for vertex in face})
        rows, shares = zip(*bones[f"finger{name}.{letter.upper()}"], strict=True)
        weights[list(rows), side, finger, bone] = shares
    return {"finger_joints": joints, "finger_weights": weights}


def _triangles() -> dict[str, np.ndarray]:
    """Triangles (F, 3) of the base mesh's groups."""
    groups = _groups()
    return {
        name: np.array(
            [
                (face[0], face[k], face[k + 1])
                for group in members
                for face in groups[group]
                for k in range(1, len(face) - 1)
            ]
        )
        for name, members in _GROUPS.items()
    }


if __name__ == "__main__":
    prepare()
