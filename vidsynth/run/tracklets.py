"""Rendering tracklets, as `run` sees it."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from vidsynth.cameras.network_file import camera_record
from vidsynth.config import TrackletConfig
from vidsynth.formats import FORMATS
from vidsynth.formats.writer import Sizes
from vidsynth.motion import library
from vidsynth.places.sky import panoramas
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.gather import gather
from vidsynth.run.people import person_rows
from vidsynth.run.shoot import Renderer, shoot
from vidsynth.user_files import picture_folder
from vidsynth.wardrobe.makehuman import catalogue


class TrackletProduction:
    """People walking past cameras."""

    kind = "tracklets"
    renderer = "vidsynth.blender.renderer:Renderer"

    def __init__(self, config: TrackletConfig) -> None:
        self.config = config
        self.layout: str = config.output.format
        self.plan = TrackletPlan(config)

    @property
    def shots(self) -> int:
        return len(self.plan.slots)

    @property
    def unit(self) -> str:
        return "frame" if self.config.whole else "crop"

    def check(self) -> None:
        FORMATS[self.layout].check(self._sizes())
        self.plan.check()

    def _sizes(self) -> Sizes:
        config, network = self.config, self.plan.network
        return Sizes(
            config.identities,
            config.distractors,
            max(network.ids),
            config.sightings,
            config.frames,
            network.digits,
        )

    def planned(self, index: int) -> int:
        slot = self.plan.slots[index]
        views = self.config.frames * len(slot.camera_ids)
        return views if self.config.whole else views * len(slot.person_ids)

    def counts(self) -> dict[str, int]:
        config = self.config
        return {
            "identities": config.identities,
            "train_identities": config.identities - config.test_identities,
            "test_identities": config.test_identities,
            "distractors": config.distractors,
            "cameras": len(self.plan.network.ids),
            "shots": self.shots,
            "planned_crops": self.plan.crops,
            **({"planned_frames": self.plan.whole_frames} if config.whole else {}),
        }

    def inputs(self) -> dict[str, dict[str, str]]:
        motions, pictures = self.config.motion.bvh_directory, self.config.backgrounds.directory
        network, assets = self.config.camera.network, self.config.makehuman.directory
        cloth = self.config.textures.directory
        skies = self.config.sky.folder
        return {
            "motions": {} if motions is None else library.digests(motions),
            "backgrounds": {}
            if pictures is None
            else picture_folder.digests(pictures, "backgrounds.directory"),
            "skies": {} if skies is None else panoramas.digests(skies),
            "assets": {} if assets is None else catalogue.digests(assets),
            "textures": {}
            if cloth is None
            else picture_folder.digests(cloth, "textures.directory"),
            "networks": {}
            if network is None
            else {"camera.network": hashlib.sha256(network.read_bytes()).hexdigest()},
        }

    def people(self) -> Iterator[dict[str, Any]]:
        return person_rows(self.plan)

    def cameras(self) -> list[dict[str, Any]]:
        return [
            camera_record(camera, self.plan.backdrop(camera.camera_id))
            for camera in self.plan.cameras
        ]

    def make_renderer(self, name: str) -> Renderer:
        module, _, attribute = name.partition(":")
        made: Renderer = getattr(importlib.import_module(module), attribute)(
            self.config.quality, self.config.render.device, self.config.boxes
        )
        return made

    def shoot(
        self, index: int, renderer: Renderer, room: Path, on_crop: Callable[[], None]
    ) -> dict[str, Any]:
        return shoot(self.plan, index, renderer, room, on_crop)

    def gather(self, root: Path, markers: Iterable[dict[str, Any]]) -> tuple[int, int]:
        return gather(root, markers, self.layout)
