"""The people that trainings are tested on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from options import among
from rendering import RENDERED
from trainings import Target

EVERY_LOOK = ",".join(RENDERED)


def looks(names: str) -> list[str]:
    """Rendered targets by name, with commas. Raises typer.BadParameter: one is not known."""
    return among("target", names.split(","), RENDERED)


def rendered(data: Path, names: Sequence[str]) -> list[Target]:
    """Rendered targets of these looks, which methods adapt to."""
    return [Target(name, "synthetic", data / name) for name in names]


def real(mars: Path | None) -> list[Target]:
    """Real people whom methods adapt to, where they are given."""
    return [Target("mars-real", "mars", mars)] if mars else []


def unseen(viper: Path | None) -> list[Target]:
    """Real people whom no method sees before the test, where they are given."""
    return [Target("viper", "viper", viper)] if viper else []
