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
    """List every setting of a command: its key, default, unit and meaning.

    Numbers that are drawn are written as 20, [10,45], {normal: [20, 8], within: [5, 45]},
    {choice: [0, 90], weights: [1, 3]}, {histogram: {edges: [0, 10, 30], counts: [3, 1]}} or as
    columns of tables; names as noon, [noon, dusk] or {choice: [noon, dusk], weights: [3, 1]}. See
    docs/drawing.md.
    """
    with plain_errors():
        from vidsynth.errors import ConfigError
        from vidsynth.settings import CONFIGS, describe_settings

        if command not in CONFIGS:
            raise ConfigError(f"Expected one of {', '.join(CONFIGS)}, found {command!r}.")
        for line in describe_settings(command):
            typer.echo(line)
