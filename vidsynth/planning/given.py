"""The files and folders that settings name: checked before a run, and hashed into dataset.json."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vidsynth.config import TrackletConfig
from vidsynth.config.images import ImageConfig
from vidsynth.motion import library
from vidsynth.motion.joint_map import read_joint_map
from vidsynth.places.sky import panoramas
from vidsynth.user_files import picture_folder
from vidsynth.wardrobe.makehuman import catalogue

Config = TrackletConfig | ImageConfig


@dataclass(frozen=True)
class Given:
    """Files at ``path``, None for none, by what dataset.json calls them.

    ``check`` raises a VidsynthError unless all of them can be used; ``digests`` are SHA-256 by
    name.
    """

    name: str
    path: Path | None
    check: Callable[[Path], object]
    digests: Callable[[Path], dict[str, str]]


def given_files(config: Config) -> tuple[Given, ...]:
    """What a config may name, in the order in which it is checked."""
    cloth, photographs = "textures.directory", "backgrounds.directory"
    files = (
        Given(
            "textures",
            config.textures.directory,
            lambda path: picture_folder.check_pictures(path, cloth),
            lambda path: picture_folder.digests(path, cloth),
        ),
        Given("assets", config.makehuman.directory, catalogue.catalogue, catalogue.digests),
        Given(
            "backgrounds",
            config.backgrounds.directory,
            lambda path: picture_folder.check_pictures(path, photographs, lights=True),
            lambda path: picture_folder.digests(path, photographs),
        ),
        Given(
            "motions",
            config.motion.bvh_directory,
            lambda path: library.check_files(path, config.motion.joint_map),
            library.digests,
        ),
        Given(
            "joint_maps",
            config.motion.joint_map,
            read_joint_map,
            lambda path: {"motion.joint_map": _digest(path)},
        ),
        Given("skies", config.sky.folder, panoramas.check_panoramas, panoramas.digests),
    )
    if isinstance(config, ImageConfig):
        setting, kinds = "occluders.directory", (".png",)
        cutouts = Given(
            "occluders",
            config.occluders.directory,
            lambda path: picture_folder.check_pictures(path, setting, kinds, alpha=True),
            lambda path: picture_folder.digests(path, setting, kinds),
        )
        return (*files, cutouts)
    # That a network's cameras can be is for `Network` to check.
    network = Given("networks", config.camera.network, lambda path: None, _network)
    return (*files, network)


def check(config: Config) -> None:
    """Raises a VidsynthError unless all files that settings name can be used."""
    for given in given_files(config):
        if given.path is not None:
            given.check(given.path)


def digests(config: Config) -> dict[str, dict[str, str]]:
    """SHA-256 of files that settings name, by what they are for and by name."""
    found = {
        given.name: {} if given.path is None else given.digests(given.path)
        for given in given_files(config)
    }
    tables = {
        f"tables.{name}": _digest(table.rows)
        for name, table in config.tables.items()
        if isinstance(table.rows, Path)
    }
    return found | {"tables": tables}


def _network(path: Path) -> dict[str, str]:
    return {"camera.network": _digest(path)}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
