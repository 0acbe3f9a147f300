"""What every shot of a data set shares: its sites, the sky over them, and photographs instead."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vidsynth.config.backgrounds import BackgroundConfig
from vidsynth.config.places import SkyConfig
from vidsynth.drawing.races import key, winner
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.places.sites import SITES
from vidsynth.places.sites.site import Site
from vidsynth.places.sky.panoramas import WEATHERS, panoramas
from vidsynth.planning.given import Config
from vidsynth.seeds import Purpose, stream
from vidsynth.user_files.picture_folder import picture_names


def lay_out(config: Config, site: str) -> Site:
    """A site of the config as every shot and camera of the data set sees it."""
    return SITES[site](stream(config.seed, Purpose.CAMERA, 0, key(site)))


def draw_panorama(sky: SkyConfig, seed: int, hour: str, weather: str) -> Path | None:
    """The HDRI that shots under a sky with that seed are lit by, if any."""
    rng = stream(seed, Purpose.SKY)
    if weather not in WEATHERS or rng.random() >= sky.share:
        return None
    found = panoramas(sky.hdri_directory, hour, weather)
    named = {path.name: path for path in found}
    return named[winner(float(rng.random()), dict.fromkeys(named, 1.0))] if named else None


def photographs(backgrounds: BackgroundConfig) -> tuple[str, ...]:
    """Names of the photographs, none where no folder is named. Raises PictureError."""
    folder = backgrounds.directory
    return () if folder is None else picture_names(folder, "backgrounds.directory")


def deal_photographs(
    backgrounds: BackgroundConfig, seed: int, cameras: Sequence[int]
) -> dict[int, Backdrop]:
    """The photographs that cameras have in all their shots, by camera; others film the site.

    No two cameras have the same while there are enough. Raises PictureError.
    """
    names, folder = photographs(backgrounds), backgrounds.directory
    if folder is None:
        return {}
    order = stream(seed, Purpose.BACKDROP, 0)
    chosen = order.permutation(cameras)[: round(backgrounds.share * len(cameras))]
    dealt = order.permutation(len(names))
    found = {}
    for turn, camera_id in enumerate(chosen.tolist()):
        slide = stream(seed, Purpose.BACKDROP, camera_id).random()
        name = names[dealt[turn % len(dealt)]]
        found[camera_id] = Backdrop(folder / name, backgrounds.horizon, round(slide, 4))
    return found
