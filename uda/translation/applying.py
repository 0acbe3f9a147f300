"""The generator of a finished style transfer on another source, as AOST has one for many sets."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from uda.errors import CheckpointError, ConfigError
from uda.recipes.listing import explain, sections
from uda.recipes.overrides import set_dotted, split_override
from uda.runs import checkpoint, directory
from uda.training.fabric import start_fabric
from uda.training.interrupt import StopRequest
from uda.translation.domains import Named, describe_training
from uda.translation.finish import Identity, TranslationResult, write_result, write_translated
from uda.translation.methods import METHODS
from uda.translation.run import of_fabric
from uda.translation.settings import Settings, settings_of
from uda.translation.state import FORMAT
from uda.translation.tree import require_outside, tree_of

CHANGEABLE = ("output.", "pictures.workers", "training.accelerator")
"""Settings that do not belong to the generator."""


def apply(
    generator: Path,
    source: Named,
    output: Path,
    overrides: Iterable[str] = (),
    *,
    resume: bool = False,
    progress: bool = True,
) -> TranslationResult:
    """Writes a source as a trained generator shows it to ``output``/translated.

    Args:
        generator: a checkpoint of `uda translate`, whose targets and settings are taken.
        source: a benchmark of image files.
        output: a new directory, or the one to ``resume``.
        overrides: ``section.key=value`` of `CHANGEABLE`.
        resume: continue where it stopped.
        progress: show a progress line.

    Raises:
        CheckpointError: the file is no such checkpoint, or its training is not finished.
        UdaError, DatasetError, Interrupted: as `uda.translation.run.translate` does.
    """
    began = time.perf_counter()
    state = checkpoint.load(generator, FORMAT)
    settings = _settings(generator, state["config"], overrides)
    if state["position"]["epoch"] < settings.training.epochs:
        raise CheckpointError(
            f"The training of {generator} is not finished: {state['position']['epoch']} of "
            f"{settings.training.epochs} epochs. Continue it with --resume first."
        )
    tree = tree_of(source.name, source.root)
    require_outside(tree, output)
    identity: Identity = {"source": describe_training(source)}
    identity |= {name: of for name, of in state.items() if name.startswith("target")}
    directory.claim(output, settings, identity, resume=resume, kind=FORMAT)
    method = METHODS[settings.method.name](settings)
    checkpoint.fit(generator, method, state["networks"], f"a {settings.method.name}")
    fabric = start_fabric(of_fabric(settings))
    directory.describe_run(output, settings, identity)
    with StopRequest() as stop:
        written = write_translated(
            settings,
            method.to_target.to(fabric.device),
            tree,
            identity,
            output,
            device=fabric.device,
            progress=progress,
            stop=stop,
        )
    return write_result(settings, tree, identity, output, written, (), began)


def _settings(generator: Path, config: dict[str, object], overrides: Iterable[str]) -> Settings:
    for key, value in map(split_override, overrides):
        if not key.startswith(CHANGEABLE):
            raise ConfigError(
                f"{key} is settled by {generator}: only {', '.join(CHANGEABLE)} can be changed."
            )
        set_dotted(config, key, value)
    name = str(config["method"]["name"])  # type: ignore[index]
    try:
        return settings_of(name).model_validate(config)
    except (ValidationError, KeyError) as error:
        said = str(error)
        if isinstance(error, ValidationError):
            said = explain(error, sections(Settings, type(settings_of(name)().method)))
        raise ConfigError(f"The settings in {generator} are not those of here: {said}") from None
