"""Every knob of a training run: its unit, its range, its default."""

from uda.config.sections import (
    Data,
    Evaluation,
    Logging,
    Model,
    Monitoring,
    Optimiser,
    Schedule,
    Section,
    Training,
)
from uda.config.whole import Config, MethodSettings, of_method

__all__ = [
    "Config",
    "Data",
    "Evaluation",
    "Logging",
    "MethodSettings",
    "Model",
    "Monitoring",
    "Optimiser",
    "Schedule",
    "Section",
    "Training",
    "of_method",
]
