"""Models for person re-identification in video."""

from reid_models.build import MODELS, build
from reid_models.errors import ModelError
from reid_models.outputs import Features

__all__ = ["MODELS", "Features", "ModelError", "build"]
