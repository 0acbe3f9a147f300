"""Rendering tracklets, as `run` sees it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from vidsynth.cameras.network_file import camera_record
from vidsynth.config import TrackletConfig
from vidsynth.formats import FORMATS
from vidsynth.formats.writer import Sizes
from vidsynth.planning import given
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.gather import gather
from vidsynth.run.people import person_rows
from vidsynth.run.shoot import Renderer, shoot


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
        return given.digests(self.config)

    def people(self) -> Iterator[dict[str, Any]]:
        return person_rows(self.plan.population)

    def cameras(self) -> list[dict[str, Any]]:
        return [
            camera_record(camera, self.plan.backdrops.get(camera.camera_id))
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
