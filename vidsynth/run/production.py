"""A data set to be rendered: its plan, and what running it asks of that."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from vidsynth.config import TrackletConfig
from vidsynth.config.images import ImageConfig
from vidsynth.config.tables import extent
from vidsynth.formats import FORMATS
from vidsynth.formats.writer import Sizes
from vidsynth.labels.persons import person_rows
from vidsynth.planning import given
from vidsynth.planning.given import Config
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.gather import gather
from vidsynth.run.shoot import Renderer, Storage, shoot

RENDERER = "vidsynth.blender.renderer:Renderer"


class Production:
    """A data set, tracklets or still images; ``shots`` are its units of work, numbered from 0.

    Everything but `shoot` and `gather` is a pure function of the config. Errors are
    VidsynthErrors.
    """

    renderer = RENDERER

    def __init__(self, plan: TrackletPlan | ImagePlan) -> None:
        self.plan = plan

    @property
    def config(self) -> Config:
        return self.plan.config

    @property
    def kind(self) -> str:
        """``tracklets`` or ``images``."""
        return "images" if self.plan.unit == "image" else "tracklets"

    @property
    def unit(self) -> str:
        """What is rendered one at a time: crop, frame or image."""
        return self.plan.unit

    @property
    def layout(self) -> str:
        """The format's name in FORMATS."""
        config = self.config
        return config.output.format if isinstance(config, TrackletConfig) else "market1501"

    @property
    def shots(self) -> int:
        return len(self.plan.outlines)

    def check(self) -> None:
        """Raises unless the format holds so much and all files that settings name can be used."""
        if isinstance(self.plan, TrackletPlan):
            config, network = self.plan.config, self.plan.network
            FORMATS[self.layout].check(
                Sizes(
                    config.identities,
                    config.distractors,
                    max(network.ids),
                    int(extent(config, "sightings")[1]),
                    config.frames,
                    network.digits,
                )
            )
        self.plan.check()

    def planned(self, index: int) -> int:
        """Crops, images or whole frames of a shot, if none is filtered out."""
        return self.plan.planned(index)

    def counts(self) -> dict[str, int]:
        """What dataset.json says there is to be."""
        people = self.plan.population.config
        return {
            "identities": people.identities,
            "train_identities": people.identities - people.test_identities,
            "test_identities": people.test_identities,
            "distractors": people.distractors,
            "shots": self.shots,
            **self.plan.counts(),
        }

    def inputs(self) -> dict[str, dict[str, str]]:
        """SHA-256 of files that settings name, by what they are for and by name."""
        return given.digests(self.config)

    def people(self) -> Iterator[dict[str, Any]]:
        """The rows of persons.parquet."""
        return person_rows(self.plan.population)

    def cameras(self) -> list[dict[str, Any]]:
        """The entries of cameras.json."""
        return self.plan.camera_records()

    def make_renderer(self, name: str) -> Renderer:
        """The renderer class at ``module:Class``, made for the config."""
        module, _, attribute = name.partition(":")
        config = self.config
        made: Renderer = getattr(importlib.import_module(module), attribute)(
            config.quality, config.render.device, config.boxes
        )
        return made

    def storage(self) -> Storage:
        """How shots are stored."""
        if isinstance(self.plan, TrackletPlan):
            config = self.plan.config
            return Storage(
                config.output.format, config.boxes, config.output.crf, self.plan.network.digits
            )
        assert isinstance(self.config, ImageConfig)
        return Storage(self.layout, self.config.boxes, light=self.config.render.light)

    def shoot(
        self, index: int, renderer: Renderer, room: Path, on_picture: Callable[[], None]
    ) -> dict[str, Any]:
        """Renders a shot into ``room``, laid out as the data set is, and returns its marker."""
        return shoot(self.plan.shot(index), self.storage(), renderer, room, on_picture)

    def gather(self, root: Path, markers: Sequence[dict[str, Any]]) -> tuple[int, int]:
        """Writes the lists for finished shots; returns how many tracklets, or images, and how many
        pictures there are."""
        return gather(root, markers, self.layout, tracklets=self.kind == "tracklets")


def produce(config: Config) -> Production:
    """The production of a config."""
    return Production(
        ImagePlan(config) if isinstance(config, ImageConfig) else TrackletPlan(config)
    )


def restore(kind: str, values: dict[str, Any]) -> Production:
    """The production whose ``kind`` and config, as JSON, another process was told."""
    if kind == "images":
        return produce(ImageConfig.model_validate(values))
    return produce(TrackletConfig.model_validate(values))
