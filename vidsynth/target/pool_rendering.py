"""The pool of this machine: rendered when it is first needed, and kept."""

from __future__ import annotations

from pathlib import Path

from vidsynth.errors import TargetError
from vidsynth.settings import load_image_config
from vidsynth.target.pool import cache, read_pool, recipe


def kept_pool(backgrounds: Path | None = None, workers: int | None = None) -> Path:
    """The folder of the recipe's pool, rendered where it is not there yet.

    ``backgrounds`` are photographs for half of the cameras. What another build of the generator
    rendered lies elsewhere, and a rendering that was stopped continues. Raises VidsynthErrors.
    """
    overrides = [] if backgrounds is None else [f"backgrounds.directory={backgrounds.resolve()}"]
    config = load_image_config(recipe(), overrides)
    root = cache(config)
    try:
        read_pool(root)
    except TargetError:
        from vidsynth.run import job

        root.parent.mkdir(parents=True, exist_ok=True)
        job.render(config, root, workers)
    return root
