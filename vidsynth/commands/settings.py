"""``vidsynth settings``."""

from __future__ import annotations

import typer


def settings() -> None:
    """List every setting: its key, default, unit and meaning."""
    from vidsynth.settings import describe_settings

    for line in describe_settings():
        typer.echo(line)
