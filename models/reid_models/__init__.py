"""Models for person re-identification in video.

build        a model by name
MODELS       every model that has a name
ClipModel    what all of them are: clips in, `Features` out
ModelError   a model or weights that cannot be used
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reid_models.building import MODELS, build
    from reid_models.clip_model import ClipModel
    from reid_models.errors import ModelError
    from reid_models.outputs import Features

__all__ = ["MODELS", "ClipModel", "Features", "ModelError", "build"]

_PLACES = {
    "MODELS": "reid_models.building",
    "build": "reid_models.building",
    "ClipModel": "reid_models.clip_model",
    "ModelError": "reid_models.errors",
    "Features": "reid_models.outputs",
}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
