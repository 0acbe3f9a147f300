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
ATTRIBUTES = typer.Option(
    "--attributes",
    metavar="FILE",
    help="Table of `uda predict` for --target: what people look like, and how sure that is.",
    show_default=False,
)


def fitted_config(
    target: Path | None, config: Path | None, output: Path, attributes: Path | None
) -> Path | None:
    """The config fitted to a target, beside ``output``; one that is there already is taken. Without
    a target ``config`` as it is.

    Raises ConfigError where options contradict each other, or the config is fitted to another
    target, and TargetError for what cannot be measured, or where ``attributes`` is no table of
    the target.
    """
    if target is None:
        if attributes is not None:
            raise ConfigError(
                f"--attributes {attributes} tells of a target's people, and there is no --target: "
                "name it, too, or set people by a config (`vidsynth target fit`)."
            )
        return config
    if config is not None:
        raise ConfigError(
            f"--target fits a config of its own, and --config names {config}: leave one out. To "
            "set more, add KEY=VALUE words, or write a config with base: and the fitted one."
        )
    from vidsynth.target.fitting_sets import Crops, fit_crops, fitted_to

    file = output.with_name(output.name + ".fitted.yaml")
    if file.is_file():
        if fitted_to(file) != Crops(target).mark:
            raise ConfigError(
                f"Expected settings fitted to {target} in {file}, found those of other crops, or "
                "of a fit that did not finish. Delete it to fit anew, or choose another --output."
            )
        unread = "" if attributes is None else f" {attributes} was not read."
        typer.echo(f"Settings are those of {file}, fitted before: delete it to fit anew.{unread}")
        return file
    fit_crops(
        Crops(target), file, attributes=attributes, say=lambda text: typer.echo(text, err=True)
    )
    typer.echo(f"Settings fitted to {target}: {file}")
    return file
