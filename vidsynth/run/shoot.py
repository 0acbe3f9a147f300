"""One shot, from the renderer's light to pictures and labels in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from vidsynth.develop.picture import RenderedCrop, RenderedFrame
from vidsynth.formats import FORMATS
from vidsynth.formats.writer import CROPS_TABLE, VIEWS_TABLE, ShotRoom
from vidsynth.labels.tables import CROPS, SIGHTS, VIEWS, write_table
from vidsynth.planning.shot import Shot
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.crops import film_crops
from vidsynth.run.frames import film_frames
from vidsynth.run.shooting import Shooting


class Renderer(Protocol):
    """Made with (quality, device, boxes)."""

    def render(self, shot: Shot) -> Iterator[RenderedCrop]:
        """Crops in order of frame, camera, walker."""
        ...

    def render_frames(self, shot: Shot) -> Iterator[RenderedFrame]:
        """Whole frames in order of frame, camera."""
        ...


def shoot(
    plan: TrackletPlan, index: int, renderer: Renderer, room: Path, on_picture: Callable[[], None]
) -> dict[str, Any]:
    """Renders shot ``index`` into ``room``, laid out as the data set is, and returns its marker.

    ``on_picture`` is called for every crop, or whole frame, rendered. The marker's ``crops`` counts
    those that were kept; ``files`` names what belongs to the data set.
    """
    config, shot = plan.config, plan.shot(index)
    writer = FORMATS[config.output.format]()
    writer.begin(ShotRoom(room, index, shot.fps, config.output.crf, plan.network.digits))
    shooting = Shooting(plan, shot, plan.tracks(index), room, writer)
    if config.whole:
        contents = film_frames(shooting, renderer.render_frames(shot), on_picture)
    else:
        contents = film_crops(shooting, renderer.render(shot), on_picture)
    files = writer.finish(contents)
    kept = [record for records in contents.crops for record in records]
    tables = {CROPS_TABLE.format(index): (kept, CROPS)}
    if config.whole:
        tables = {
            CROPS_TABLE.format(index): (kept + contents.ignored, SIGHTS),
            VIEWS_TABLE.format(index): (contents.frames, VIEWS),
        }
    for name, (records, schema) in tables.items():
        (room / name).parent.mkdir(parents=True, exist_ok=True)
        write_table(room / name, records, schema)
    return {
        "crops": len(contents.frames) if config.whole else len(kept),
        "tracklets": contents.tracklets,
        "files": [*tables, *files],
    }
