"""``vidsynth settings``."""

from __future__ import annotations

from typing import Annotated

import typer

from vidsynth.commands.errors import plain_errors


def settings(
    command: Annotated[
        str, typer.Argument(help="render-tracklets or render-images.")
    ] = "render-tracklets",
) -> None:
    """List every setting of a command: its key, default, unit and meaning."""
    with plain_errors():
        from vidsynth.errors import ConfigError
        from vidsynth.settings import CONFIGS, describe_settings

        if command not in CONFIGS:
            raise ConfigError(f"Expected one of {', '.join(CONFIGS)}, found {command!r}.")
        for line in describe_settings(command):
            typer.echo(line)
