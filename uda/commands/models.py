"""`uda models`."""

from __future__ import annotations

from typing import Annotated

import typer

from uda.commands.options import expected_errors


def models(
    name: Annotated[
        str | None,
        typer.Argument(help="One model, in full; timm/NAME for one of timm's."),
    ] = None,
) -> None:
    """List the models that can be trained, with what they cost, or describe one.

    \b
    All of them, by what `model.name` calls them:
      uda models
    \b
    One of them, then a training run with it:
      uda models osnet_x1_0
      uda train model.name=osnet_x1_0 model.pretrained=osnet_x1_0_imagenet.pth
    \b
    Any of timm's thousand image models:
      uda models timm/convnext_tiny
    \b
    Image models see frames one by one. How frames are pooled, over space and over time:
      uda train model.pooling=gem model.temporal=attention
    """
    with expected_errors():
        from uda.report import models as tables

        if name is None:
            tables.print_models()
        else:
            tables.print_model(name)
