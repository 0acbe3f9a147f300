"""`uda settings`."""

from __future__ import annotations

from typing import Annotated

import typer

from uda.commands.options import expected_errors


def settings(
    method: Annotated[str, typer.Argument(help="Whose settings to list.")] = "pseudo_label",
) -> None:
    """List every setting of a training: its key, default and meaning.

    Any of them may follow `uda train` as KEY=VALUE, or stand in a recipe.

    \b
      uda settings pseudo_label
      uda train --method pseudo_label method.eps=0.5 training.epochs=30
    """
    with expected_errors():
        from uda.methods.registry import find
        from uda.recipes.listing import describe

        for line in describe(find(method).Settings, method):
            typer.echo(line)
