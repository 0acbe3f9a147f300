"""What running a data set asks of its kind: tracklets or still images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from vidsynth.config import TrackletConfig
from vidsynth.config.images import ImageConfig

Config = TrackletConfig | ImageConfig


class Production(Protocol):
    """A data set to be rendered: ``shots`` are its units of work, numbered from 0.

    Everything but `shoot` is a pure function of the config. Records are those of the data set's
    files; errors are VidsynthErrors.
    """

    kind: str
    layout: str
    renderer: str

    @property
    def unit(self) -> str:
        """What is rendered one at a time: crop, frame or image."""
        ...

    @property
    def config(self) -> Config: ...

    @property
    def shots(self) -> int: ...

    def check(self) -> None:
        """Raises unless all files that settings name can be used."""
        ...

    def planned(self, index: int) -> int:
        """Crops, images or whole frames of a shot, if none is filtered out."""
        ...

    def counts(self) -> dict[str, int]:
        """What dataset.json says there is to be."""
        ...

    def inputs(self) -> dict[str, dict[str, str]]:
        """SHA-256 of files that settings name, by what they are for and by name."""
        ...

    def people(self) -> Iterator[dict[str, Any]]:
        """The rows of persons.parquet."""
        ...

    def cameras(self) -> list[dict[str, Any]]:
        """The entries of cameras.json."""
        ...

    def make_renderer(self, name: str) -> Any:
        """The renderer class at ``module:Class``, made for the config."""
        ...

    def shoot(
        self, index: int, renderer: Any, room: Path, on_crop: Callable[[], None]
    ) -> dict[str, Any]:
        """Renders a shot into ``room``, laid out as the data set is, and returns its marker."""
        ...

    def gather(self, root: Path, markers: Iterable[dict[str, Any]]) -> tuple[int, int]:
        """Writes the lists for finished shots; returns how many units and crops there are."""
        ...


def produce(config: Config) -> Production:
    """The production of a config."""
    if isinstance(config, ImageConfig):
        from vidsynth.run.images import ImageProduction

        return ImageProduction(config)
    from vidsynth.run.tracklets import TrackletProduction

    return TrackletProduction(config)


def restore(kind: str, values: dict[str, Any]) -> Production:
    """The production whose ``kind`` and config, as JSON, another process was told."""
    if kind == "images":
        return produce(ImageConfig.model_validate(values))
    return produce(TrackletConfig.model_validate(values))
