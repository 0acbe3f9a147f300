"""The pool: rendered images with known truth that estimators learn from and weights are over.

It ships as a recipe, configs/target/pool.yaml, and is rendered once on a machine. With the light of
every image beside it, several looks are developed of each without rendering again.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import pyarrow as pa
import pyarrow.parquet as pq

import vidsynth
from strict_reading import shorten
from vidsynth.cameras.camera import Photometry
from vidsynth.config.images import ImageConfig
from vidsynth.develop.photometry import develop_still
from vidsynth.errors import OutputError, PictureError, TargetError
from vidsynth.labels.tables import SCHEMA_VERSION
from vidsynth.planning.image_dealing import PICTURE
from vidsynth.run.build import build
from vidsynth.run.description import read_description
from vidsynth.run.shoot import LIGHT
from vidsynth.seeds import Purpose, stream
from vidsynth.target.looks import BRIGHTEST, DARKEST, Look, draw_looks, trim, truncated
from vidsynth.target.pipe import recode
from vidsynth.user_files.pictures import read_rgb

_MADE_BY = ("vidsynth-uda", "bpy", "anny")
_CUT = 0.05
"""Truncation from which on nobody can tell what else hides the person."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Images under ``root``, each with one look or more: a row each, a picture's looks in a run.

    ``truth`` has a float array (N,) for each regressed quantity, NaN where there is none.
    ``identity`` int (N,) and ``camera`` int (N,) are who is seen and by which; ``site`` str (N,)
    the place, a photograph by its name; ``photographed`` bool (N,). ``usable`` bool (N,) is false
    where hardly anything can be seen. ``image`` int (N,) is the row of ``files`` and ``table``,
    whose columns are those of labels of still images. ``mark`` tells the pool from others.
    """

    root: Path
    mark: str
    files: tuple[str, ...]
    table: dict[str, list[Any]]
    image: np.ndarray
    looks: tuple[Look, ...]
    truth: dict[str, np.ndarray]
    identity: np.ndarray
    camera: np.ndarray
    site: np.ndarray
    photographed: np.ndarray
    usable: np.ndarray

    def __len__(self) -> int:
        return len(self.image)

    def pixels(self, rows: Sequence[int] | np.ndarray | None = None) -> Iterator[np.ndarray]:
        """Crops uint8 (H, W, 3) of these rows, or all, as a camera stored them."""
        light: tuple[int, dict[str, np.ndarray]] = (-1, {})
        for row in range(len(self)) if rows is None else rows:
            look, image = self.looks[row], int(self.image[row])
            path = self.root / self.files[image]
            if look.photometry is None:
                yield trim(_stored(path), look.trimmed)
                continue
            shot = int(self.table["shot"][image])
            if light[0] != shot:
                light = (shot, _stored_light(self.root / LIGHT.format(shot)))
            yield _develop(light[1][path.name], look)


def _stored(path: Path) -> np.ndarray:
    """A picture uint8 (H, W, 3). Raises TargetError: it is damaged."""
    try:
        return np.asarray(read_rgb(path))
    except PictureError as error:
        raise _damaged(path, str(error)) from None


def _stored_light(path: Path) -> dict[str, np.ndarray]:
    """The light of a shot's images by name. Raises TargetError: it is damaged."""
    try:
        with np.load(path) as stored:
            return dict(stored)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(path, shorten(str(error))) from None


def _damaged(path: Path, said: str) -> TargetError:
    return TargetError(
        f"Expected a picture of a pool, or its light, in {path}, which cannot be read ({said}). "
        "Give the command that rendered the pool again, which renders what is damaged anew; one "
        "that `vidsynth target estimators` keeps can also be deleted."
    )


def recipe() -> Path:
    """configs/target/pool.yaml: beside the installed package, or in a checkout."""
    package = Path(vidsynth.__file__).parent
    inside = package / "configs" / "target"
    return (inside if inside.is_dir() else package.parent / "configs" / "target") / "pool.yaml"


def cache(config: ImageConfig) -> Path:
    """Where the pool of a config is kept on this machine."""
    written = json.dumps([config.model_dump(mode="json"), _software(build())], sort_keys=True)
    mark = hashlib.sha256(written.encode()).hexdigest()[:12]
    return Path(platformdirs.user_cache_dir("vidsynth")) / "pools" / mark


def read_pool(root: Path, looks: int = 1) -> Pool:
    """The pool under ``root`` with ``looks`` looks of each image, the first as it was rendered.

    Raises TargetError where there is no finished set of still images, one of another build, or one
    without light where more than one look is asked for.
    """
    description = _checked(root)
    table = _table(root)
    if not table["file"]:
        raise _not_there(root, "no images in it")
    config = ImageConfig.model_validate(description["config"])
    if looks > 1 and not (root / LIGHT.format(table["shot"][0])).is_file():
        raise TargetError(
            f"Expected the light of the images of {root} in {root / 'light'}, to develop {looks} "
            "looks of each, found none. Render it with render.light=true, or ask for one look."
        )
    drawn: list[Look] = []
    for number in range(len(table["file"])):
        row = {name: column[number] for name, column in table.items()}
        which = (row["person_id"], row["camera_id"], row["number"])
        rng = stream(config.seed, Purpose.DEVELOP, *which, 1)
        box, body = np.array(row["box"], float), np.array(row["body_box"], float)
        drawn += draw_looks(config, _rendered(row), row["brightness"] / 255, box, body, looks, rng)
    image = np.repeat(np.arange(len(table["file"])), looks)
    brightness = np.array(table["brightness"], float)[image] / 255
    stored = np.array([look.photometry is None for look in drawn])
    site = np.array(table["site"], object)
    photographed = site == PICTURE
    site = np.where(photographed, np.array(table["background"], object), site)
    return Pool(
        root,
        hashlib.sha256(json.dumps(description, sort_keys=True).encode()).hexdigest()[:16],
        tuple(table["file"]),
        table,
        image,
        tuple(drawn),
        _truth(table, image, drawn),
        np.array(table["person_id"])[image],
        np.array(table["camera_id"])[image],
        site[image].astype(str),
        photographed[image].astype(bool),
        ~stored | ((brightness > DARKEST) & (brightness < BRIGHTEST)),
    )


def _develop(light: np.ndarray, look: Look) -> np.ndarray:
    assert look.photometry is not None
    rng = np.random.default_rng(look.seed)
    pixels = develop_still(light.astype(np.float32), look.photometry, rng)
    pixels = trim(recode(pixels, look.photometry.jpeg_quality), look.trimmed)
    return np.ascontiguousarray(pixels[:, ::-1] if look.flipped else pixels)


def _truth(table: dict[str, list[Any]], image: np.ndarray, looks: list[Look]) -> dict[str, Any]:
    """Every regressed quantity of every row, from labels and what was done to the picture since."""

    def column(name: str) -> np.ndarray:
        return np.array(table[name], float)[image]

    def of_look(name: str, label: str) -> np.ndarray:
        given = (None if k.photometry is None else getattr(k.photometry, name) for k in looks)
        return np.array([s if g is None else g for g, s in zip(given, column(label), strict=True)])

    bias = np.array(table["colour_bias"], float)[image]
    gains = np.array(
        [
            bias[k] if look.photometry is None else look.photometry.white_balance
            for k, look in enumerate(looks)
        ]
    )
    flipped = np.array([look.flipped for look in looks])
    boxes, bodies = np.array(table["box"], float), np.array(table["body_box"], float)
    cut = np.array(
        [truncated(boxes[n], bodies[n], look.trimmed) for n, look in zip(image, looks, strict=True)]
    )
    indoor = np.array([np.nan if value is None else float(value) for value in table["indoor"]])
    azimuth, light_azimuth = column("azimuth"), column("light_azimuth")
    return {
        "depression": column("depression"),
        "azimuth": np.where(flipped, -azimuth, azimuth) % 360,
        "log_height": np.log(column("person_height")),
        "gamma": of_look("gamma", "gamma"),
        "exposure": of_look("exposure_ev", "exposure_ev"),
        "contrast": of_look("contrast", "contrast"),
        "saturation": of_look("saturation", "saturation"),
        "red_gain": np.log(gains[:, 0]),
        "blue_gain": np.log(gains[:, 2]),
        "blur": of_look("blur", "blur"),
        "noise": of_look("noise", "noise"),
        "jpeg_quality": of_look("jpeg_quality", "jpeg_quality"),
        "light_azimuth": np.where(flipped, -light_azimuth, light_azimuth),
        "light_elevation": column("light_elevation"),
        "light_intensity": column("light_intensity"),
        "truncation": cut,
        "occlusion": np.where(cut > _CUT, np.nan, 1 - column("visibility")),
        "occluder": np.array([float(kind != "") for kind in table["occluder"]])[image],
        "companion": (column("companion_id") > 0).astype(float),
        "indoor": indoor[image],
    }


def _rendered(row: dict[str, Any]) -> Photometry:
    return Photometry(exposure_ev=row["exposure_ev"], gamma=row["gamma"], contrast=row["contrast"])


def _table(root: Path) -> dict[str, list[Any]]:
    """The rows of crops/*.parquet in order of shots."""
    try:
        found: dict[str, list[Any]] = pq.read_table(root / "crops").to_pydict()
        order = np.argsort(found["shot"], kind="stable")
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise _not_there(root, f"tables that cannot be read ({shorten(str(error))})") from None
    return {name: [column[k] for k in order] for name, column in found.items()}


def _checked(root: Path) -> dict[str, Any]:
    """dataset.json of a pool. Raises TargetError."""
    try:
        description = read_description(root)
    except OutputError as error:
        raise _not_there(root, str(error)) from None
    if description["kind"] != "images":
        raise _not_there(root, f"a set of {description['kind']}")
    done = len(list((root / "shots").glob("*.json")))
    planned = int(description.get("counts", {}).get("shots", 0))
    if done < planned or not (root / "crops").is_dir():
        raise _not_there(root, f"{done} of {planned} shots")
    there, here = _software(description["software"]), _software(build())
    there["schema"], here["schema"] = str(description["schema_version"]), str(SCHEMA_VERSION)
    if there != here:
        differs = ", ".join(
            f"{name} {there.get(name)} there and {here[name]} here"
            for name in here
            if there.get(name) != here[name]
        )
        raise TargetError(
            f"Expected a pool that this build of the generator rendered, found {root} with "
            f"{differs}: what its labels mean may have changed. Render it again with "
            "`vidsynth target estimators`, which does so where --pool is left out."
        )
    return description


def _software(versions: dict[str, Any]) -> dict[str, str]:
    return {name: str(versions.get(name)) for name in _MADE_BY}


def _not_there(root: Path, found: str) -> TargetError:
    return TargetError(
        f"Expected a finished set of still images at {root}, as `vidsynth render-images --config "
        f"{recipe().name}` makes it, found: {found.rstrip('.')}. Give another --pool, or leave it "
        "out: then one is rendered and kept."
    )
