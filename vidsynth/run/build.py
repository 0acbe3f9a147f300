"""Which build of the generator this is: two builds may draw the same config differently."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

from vidsynth.run.machine import cpu_type

_PACKAGES = ("vidsynth-uda", "bpy", "anny", "numpy")
_ONLY_SHOWS = {"cli.py", "commands", "inspect", "publishing", "target"}
"""What of the package changes no byte of a data set."""


@cache
def build() -> dict[str, str | None]:
    """Versions of the packages that make the pixels, None where one is missing, and under
    ``source`` a hash of the generator's code, which changes between versions too; under ``cpu``
    the type of the processor, whose kernels may round differently."""
    root = Path(__file__).parent.parent
    sources = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root)
        if name.parts[0] not in _ONLY_SHOWS:
            sources.update(f"{name.as_posix()}\n".encode() + path.read_bytes())
    versions = {package: _version(package) for package in _PACKAGES}
    return {**versions, "source": sources.hexdigest()[:16], "cpu": cpu_type()}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
