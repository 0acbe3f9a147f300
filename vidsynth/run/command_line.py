"""The command that renders a data set, from its config."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from vidsynth.run.executors.slices import WHOLE, Slice
from vidsynth.run.production import Production
from vidsynth.settings import CONFIGS, flatten


def command_line(production: Production, output: Path, part: Slice = WHOLE) -> str:
    """``vidsynth render-... --output OUTPUT key=value ...`` with every setting that is not the
    default, ready for a shell."""
    config = production.config
    command = next(name for name, kind in CONFIGS.items() if isinstance(config, kind))
    defaults = flatten(type(config)().model_dump(mode="json"))
    settings = flatten(config.model_dump(mode="json"))
    words = ["vidsynth", command, "--output", str(output)]
    words += [] if part.whole else ["--shots", str(part)]
    words += [
        f"{key}={value if isinstance(value, str) else json.dumps(value)}"
        for key, value in settings.items()
        if key not in defaults or value != defaults[key]
    ]
    return shlex.join(words)
