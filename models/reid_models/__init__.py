"""Models for person re-identification in video."""

from reid_models.build import MODELS, build
from reid_models.clip_model import ClipModel
from reid_models.errors import ModelError
from reid_models.outputs import Features

__all__ = ["MODELS", "ClipModel", "Features", "ModelError", "build"]
