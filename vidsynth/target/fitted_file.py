"""A fitted config as a YAML file that both render commands read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from vidsynth.files import write_whole

MARK = "# Settings fitted to a target by vidsynth target fit."
"""The begin of every such file."""
_HEADER = """\
{mark} Both commands read them:
#   vidsynth render-tracklets --config {name} --output data/fitted
#   vidsynth render-images --config {name} --output data/fitted-images
"""


def write_fitted(path: Path, settings: dict[str, Any], said: str = "") -> None:
    """Writes the settings, rows of tables a line each; ``said`` becomes comments at the top."""
    lines = [_HEADER.format(mark=MARK, name=path.name)]
    lines += [f"# {line}\n" for line in said.splitlines()]
    lines += _written(settings, "")
    write_whole(path, "".join(lines).encode())


def _written(section: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in section.items():
        if key == "rows":
            lines.append(f"{indent}rows:\n")
            lines += [f"{indent}  - {json.dumps(row)}\n" for row in value]
        elif isinstance(value, dict) and (
            "rows" in value or any(isinstance(inner, dict) for inner in value.values())
        ):
            lines.append(f"{indent}{key}:\n")
            lines += _written(value, indent + "  ")
        else:
            text = yaml.safe_dump({key: value}, default_flow_style=True, width=10**6)
            lines.append(f"{indent}{text.strip()[1:-1]}\n")
    return lines
