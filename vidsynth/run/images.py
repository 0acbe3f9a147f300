"""Rendering still images, as `run` sees it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from vidsynth.config.images import ImageConfig
from vidsynth.develop.photometry import CLEAR, develop, encode_jpeg, noise_stream
from vidsynth.formats import FORMATS
from vidsynth.formats.writer import Contents, ImageId, ShotRoom
from vidsynth.labels.filters import worth_keeping
from vidsynth.labels.images import IMAGES, camera_records, image_record
from vidsynth.labels.tables import write_table
from vidsynth.places.sky.air import draw_air
from vidsynth.planning import given
from vidsynth.planning.image_dealing import PICTURE
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.take import ImageShot, RenderedImage
from vidsynth.run.people import person_rows
from vidsynth.run.shooting import measure


class ImageRenderer(Protocol):
    """Made with (quality, device, boxes, cut-outs); yields images in the order of the takes."""

    def render(self, batch: ImageShot) -> Iterator[RenderedImage]: ...


class ImageProduction:
    """Images of one person at a time."""

    kind = "images"
    unit = "image"
    layout = "market1501"
    renderer = "vidsynth.blender.portraits:ImageRenderer"

    def __init__(self, config: ImageConfig) -> None:
        self.config = config
        self.plan = ImagePlan(config)

    @property
    def shots(self) -> int:
        return len(self.plan.slots)

    def check(self) -> None:
        self.plan.check()

    def planned(self, index: int) -> int:
        return len(self.plan.slots[index].images)

    def counts(self) -> dict[str, int]:
        company = self.plan.population.config
        return {
            "identities": company.identities,
            "train_identities": company.identities - company.test_identities,
            "test_identities": company.test_identities,
            "distractors": company.distractors,
            "cameras": self.plan.dealing.cameras,
            "shots": self.shots,
            "planned_crops": self.plan.dealing.crops,
        }

    def inputs(self) -> dict[str, dict[str, str]]:
        return given.digests(self.config)

    def people(self) -> Iterator[dict[str, Any]]:
        return person_rows(self.plan.population)

    def cameras(self) -> list[dict[str, Any]]:
        return camera_records(self.plan)

    def make_renderer(self, name: str) -> ImageRenderer:
        module, _, attribute = name.partition(":")
        config = self.config
        made: ImageRenderer = getattr(importlib.import_module(module), attribute)(
            config.quality, config.render.device, config.boxes, config.occluders.directory
        )
        return made

    def shoot(
        self, index: int, renderer: ImageRenderer, room: Path, on_crop: Callable[[], None]
    ) -> dict[str, Any]:
        """Crops the filters drop are not written."""
        plan, slot = self.plan, self.plan.slots[index]
        batch = plan.shot(index)
        shot = batch.shot
        air = draw_air(shot.sky, shot.hour, shot.weather, shot.place.indoor)
        if slot.site == PICTURE:
            air = CLEAR
        split, label_id = (
            plan.population.split(slot.person_id),
            plan.population.label_id(slot.person_id),
        )
        writer = FORMATS[self.layout]()
        writer.begin(ShotRoom(room, index))
        rows: list[dict[str, Any]] = []
        for image in renderer.render(batch):
            on_crop()
            crop, take = image.crop, batch.takes[image.crop.frame]
            if not worth_keeping(crop, image.camera, self.config.boxes):
                continue
            pixels = develop(
                crop, image.camera, noise_stream(shot.seed, crop), air, shot.seed, float(crop.frame)
            )
            number = take.number + 1
            if split == "distractor":
                # Distractors share a label: their numbers follow each other's.
                stranger = slot.person_id - plan.population.config.identities - 1
                number += stranger * plan.dealing.images_per_camera
            file = writer.add(
                ImageId(split, take.query, label_id, take.camera_id, take.place, number),
                encode_jpeg(pixels, image.camera.photometry.jpeg_quality),
            )
            rows.append(image_record(plan, slot, batch, image, file, air, measure(pixels)))
        files = writer.finish(Contents(crops=[rows]))
        table = f"crops/{index:06d}.parquet"
        (room / table).parent.mkdir(parents=True, exist_ok=True)
        write_table(room / table, rows, IMAGES)
        return {
            "crops": len(rows),
            "images": len(rows),
            "files": [table, *files],
        }

    def gather(self, root: Path, markers: Iterable[dict[str, Any]]) -> tuple[int, int]:
        finished = list(markers)
        FORMATS[self.layout].index(root, finished)
        crops = sum(marker["crops"] for marker in finished)
        return crops, crops
