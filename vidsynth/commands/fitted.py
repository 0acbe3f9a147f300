"""``--target`` of the render commands: settings are fitted to a folder of crops first."""

from __future__ import annotations

from pathlib import Path

import typer

from vidsynth.errors import ConfigError

TARGET = typer.Option(
    "--target",
    metavar="DIR",
    help="Real crops to render the like of: a folder of tracklets, or a set in MARS or Market "
    "layout. Settings are fitted to it first, and kept beside --output.",
    show_default=False,
)


def fitted_config(target: Path, config: Path | None, output: Path) -> Path:
    """The config fitted to a target, beside ``output``; one that is there already is taken.

    Raises ConfigError where there is a config, too, and TargetError for what cannot be measured.
    """
    if config is not None:
        raise ConfigError(
            f"--target fits a config of its own, and --config names {config}: leave one out. To "
            "set more, add KEY=VALUE words, or write a config with base: and the fitted one."
        )
    file = output.with_name(output.name + ".fitted.yaml")
    if file.is_file():
        typer.echo(f"Settings are those of {file}, fitted before: delete it to fit anew.")
        return file
    from vidsynth.target.fitting_sets import Crops, fit_crops

    fit_crops(Crops(target), file, say=lambda text: typer.echo(text, err=True))
    typer.echo(f"Settings fitted to {target}: {file}")
    return file
