"""``vidsynth preview``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidsynth.commands.errors import plain_errors
from vidsynth.errors import ConfigError

HELP = """Draw a contact sheet: of a config before it is rendered, or of a rendered data set.

Without --root, renders a few of the config's people in a few cameras of one site, once for each
weather: under a minute on two cores. With it, shows a row per identity of what is there.

\b
  vidsynth preview --config configs/synth/night.yaml
  vidsynth preview --site park --people 6 'weathers=[sunny,rain]'
  vidsynth preview --root data/synthetic --rows 20
"""


def preview(
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", show_default=False)
    ] = None,
    config: Annotated[Path | None, typer.Option(help="YAML file of settings.")] = None,
    root: Annotated[Path | None, typer.Option(help="A rendered data set.")] = None,
    output: Annotated[Path, typer.Option(help="PNG file to write.")] = Path("sheet.png"),
    site: Annotated[
        str | None, typer.Option(help="Of the config's.", show_default="the first outdoors")
    ] = None,
    people: Annotated[int, typer.Option(min=1, max=20, help="To be rendered.")] = 4,
    views: Annotated[int, typer.Option(min=1, max=10, help="Cameras to render.")] = 2,
    rows: Annotated[int, typer.Option(min=1, max=200, help="With --root: identities.")] = 12,
    columns: Annotated[int, typer.Option(min=1, max=40, help="With --root: crops of each.")] = 8,
) -> None:
    with plain_errors():
        from vidsynth.files import require_output
        from vidsynth.inspect.preview.sheet import MARK

        require_output(output, suffixes=(".png",), mark=MARK)
        if root is not None:
            if overrides or config or site:
                raise ConfigError(
                    "--root shows what is there: leave out --config, --site and KEY=VALUE."
                )
            from vidsynth.inspect.preview.sheet import contact_sheet

            shown = contact_sheet(root, output, rows=rows, columns=columns)
            typer.echo(f"{output}: {shown} identities.")
            return
        from rich.console import Console
        from rich.progress import Progress

        from vidsynth.inspect.preview.quick import blender_silent, first_look, render_preview
        from vidsynth.run.job import require_blender
        from vidsynth.run.production import Production
        from vidsynth.settings import load_config

        look = first_look(load_config(config, overrides or []), site, people, views)
        require_blender()
        production = Production(look.plan)
        with blender_silent(), Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("rendering", total=look.crops)
            renderer = production.make_renderer(production.renderer)
            crops = render_preview(look, renderer, output, lambda: progress.advance(bar))
        typer.echo(f"{output}: {crops} crops.")
