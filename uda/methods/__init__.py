"""Ways to train: one file per method, all with the contract of `uda.methods.contract`."""

from __future__ import annotations

from torch import nn

from uda import config
from uda.methods.adabn import AdaBN
from uda.methods.contract import Method
from uda.methods.source_only import SourceOnly
from uda.methods.synthetic_to_real import SyntheticToReal


def build(settings: config.SourceLosses, student: nn.Module, dimensions: int) -> Method:
    """The method that the settings name, around a student with D-dimensional features."""
    if isinstance(settings, config.SyntheticToReal):
        return SyntheticToReal(student, dimensions, settings)
    if isinstance(settings, config.AdaBN):
        return AdaBN(student, settings)
    if isinstance(settings, config.SourceOnly):
        return SourceOnly(student, settings)
    raise TypeError(f"no method for settings of type {type(settings).__name__}")
