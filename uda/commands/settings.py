"""`uda settings`."""

from __future__ import annotations

from typing import Annotated

import typer

from uda.commands.options import expected_errors


def settings(
    method: Annotated[str, typer.Argument(help="Whose settings to list.")] = "pseudo_label",
) -> None:
    """List every setting of a training: its key, default and meaning.

    Any of them may follow `uda train` as KEY=VALUE, or stand in a recipe. Settings of cyclegan,
    spgan and ptgan are those of `uda translate`.

    \b
      uda settings pseudo_label
      uda train --method pseudo_label method.eps=0.5 training.epochs=30
      uda settings spgan
    """
    with expected_errors():
        from uda.config import Config
        from uda.methods.registry import find
        from uda.recipes.listing import describe, sections
        from uda.translation.settings import METHODS, Settings

        if method in METHODS:
            kinds = sections(Settings, METHODS[method])
        else:
            kinds = sections(Config, find(method).Settings)
        for line in describe(kinds, method):
            typer.echo(line)
