"""What every shot of a data set shares: its sites, the sky over them, and photographs instead."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from strict_reading import named
from vidsynth.config.backgrounds import BackgroundConfig
from vidsynth.config.places import SkyConfig
from vidsynth.drawing.races import key, one_of
from vidsynth.errors import PictureError
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.places.sites import SITES
from vidsynth.places.sites.site import Site
from vidsynth.places.sky.panoramas import WEATHERS, panoramas
from vidsynth.planning.given import Config
from vidsynth.seeds import Purpose, stream
from vidsynth.user_files.picture_folder import picture_names

_LONGEST = 200
"""Turns at most in which photographs with weights are dealt out."""


def lay_out(config: Config, site: str) -> Site:
    """A site of the config as every shot and camera of the data set sees it."""
    return SITES[site](stream(config.seed, Purpose.CAMERA, 0, key(site)))


def draw_panorama(sky: SkyConfig, seed: int, hour: str, weather: str) -> Path | None:
    """The HDRI that shots under a sky with that seed are lit by, if any."""
    rng = stream(seed, Purpose.SKY)
    if weather not in WEATHERS or rng.random() >= sky.share:
        return None
    found = panoramas(sky.hdri_directory, hour, weather)
    paths = {path.name: path for path in found}
    return paths[one_of(float(rng.random()), paths)] if paths else None


def photographs(backgrounds: BackgroundConfig) -> tuple[str, ...]:
    """Names of the photographs, none where no folder is named. Raises PictureError."""
    folder, chosen = backgrounds.directory, backgrounds.pictures
    if folder is None:
        return ()
    found = picture_names(folder, "backgrounds.directory")
    if chosen is None:
        return found
    absent = [name for name in chosen.names if name not in set(found)]
    if absent:
        raise PictureError(
            f"backgrounds.pictures names {', '.join(absent[:5])}; expected names among the "
            f"{len(found)} pictures of {named(folder)}, such as {found[0]}."
        )
    return chosen.names


def draw_photograph(backgrounds: BackgroundConfig, names: Sequence[str], chance: float) -> str:
    """The photograph for a chance from 0 to 1, by the weights that pictures have."""
    chosen = backgrounds.pictures
    return one_of(chance, names) if chosen is None else chosen.at(chance)


def deal_photographs(
    backgrounds: BackgroundConfig, seed: int, cameras: Sequence[int]
) -> dict[int, Backdrop]:
    """The photographs that cameras have in all their shots, by camera; others film the site.

    No two cameras have the same while there are enough; pictures with weights are dealt out by
    them. Raises PictureError.
    """
    names, folder = photographs(backgrounds), backgrounds.directory
    if folder is None:
        return {}
    if backgrounds.pictures is not None:
        names = backgrounds.pictures.cycle(_LONGEST)
    order = stream(seed, Purpose.BACKDROP, 0)
    chosen = order.permutation(cameras)[: round(backgrounds.share * len(cameras))]
    dealt = order.permutation(len(names))
    found = {}
    for turn, camera_id in enumerate(chosen.tolist()):
        slide = stream(seed, Purpose.BACKDROP, camera_id).random()
        name = names[dealt[turn % len(dealt)]]
        found[camera_id] = Backdrop(folder / name, backgrounds.horizon, round(slide, 4))
    return found


def draw_backdrop(
    backgrounds: BackgroundConfig,
    names: Sequence[str],
    rng: np.random.Generator,
    name: str | None,
    photographed: bool,
) -> Backdrop | None:
    """The photograph behind one image, if it is ``photographed``: ``name``, or one of ``names``."""
    slide, drawn = rng.random(), rng.random()
    if not photographed:
        return None
    folder = backgrounds.directory
    assert folder is not None
    chosen = name or draw_photograph(backgrounds, names, float(drawn))
    return Backdrop(folder / chosen, backgrounds.horizon, round(slide, 4))
