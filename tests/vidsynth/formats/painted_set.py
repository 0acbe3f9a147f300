"""Small sets of painted whole frames, rendered in this process: no worker has to start."""

from __future__ import annotations

from pathlib import Path

from tests.vidsynth.painted_renderer import PaintedRenderer
from vidsynth.config import TrackletConfig
from vidsynth.run.description import agree
from vidsynth.run.folder import open_output
from vidsynth.run.markers import PARTIAL, publish, read_finished
from vidsynth.run.production import Production, produce
from vidsynth.settings import fingerprint, load_config

WORDS = (
    "identities=6", "test_share=0.5", "distractor_share=0.4", "frames=4", "people_per_shot=3",
    "sites=[mall]", "cameras=2", "camera.width=320", "camera.height=240", "crowd.density=0.5",
    "camera.person_height=[40,90]", "boxes.min_height=20", "boxes.min_frames=2", "sightings=2",
)  # fmt: skip


def config(layout: str, *words: str) -> TrackletConfig:
    """Three people to train on, three to test on, one distractor; four frames of two cameras."""
    return load_config(None, [*WORDS, f"output.format={layout}", *words])


def paint(root: Path, layout: str, *words: str) -> Path:
    """Renders a whole set into ``root``."""
    production = produce(config(layout, *words))
    renderer = PaintedRenderer("fast", "cpu", production.config.boxes)
    mark = fingerprint(production.config)
    root.mkdir(parents=True, exist_ok=True)
    open_output(root, production, agree(root, production, "painted"))
    for index in range(production.shots):
        room = root / PARTIAL / f"{index}"
        publish(root, index, mark, room, production.shoot(index, renderer, room, lambda: None))
    gather(root, production)
    return root


def gather(root: Path, production: Production) -> None:
    """Writes the lists of a rendered set, again if need be."""
    mark = fingerprint(production.config)
    markers = [read_finished(root, index, [mark]) for index in range(production.shots)]
    production.gather(root, [marker for marker in markers if marker])
