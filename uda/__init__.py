"""Train, adapt and evaluate models that recognise people again.

What most scripts need, imported when it is first used:

    load_recipe    a configuration from a recipe, options and overrides
    train          a training run, as `uda train`
    evaluate       a checkpoint's scores on benchmarks
    extract        a checkpoint's features in files
    rank           exact CMC, mAP and mINP of features
    Method         what a way of training is
    Comparison     how features are compared at test time
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uda.comparing.contract import Comparison
    from uda.evaluation.of_checkpoint import evaluate, extract
    from uda.evaluation.ranking import evaluate_features as rank
    from uda.methods.contract import Method
    from uda.recipes.reading import load as load_recipe
    from uda.training.run import train

__all__ = ["Comparison", "Method", "evaluate", "extract", "load_recipe", "rank", "train"]

_PLACES = {
    "load_recipe": ("uda.recipes.reading", "load"),
    "train": ("uda.training.run", "train"),
    "evaluate": ("uda.evaluation.of_checkpoint", "evaluate"),
    "extract": ("uda.evaluation.of_checkpoint", "extract"),
    "rank": ("uda.evaluation.ranking", "evaluate_features"),
    "Method": ("uda.methods.contract", "Method"),
    "Comparison": ("uda.comparing.contract", "Comparison"),
}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        module, attribute = _PLACES[name]
        return getattr(importlib.import_module(module), attribute)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
