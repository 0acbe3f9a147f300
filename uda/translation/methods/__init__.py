"""CycleGAN, and what SPGAN and PTGAN add to it."""

from __future__ import annotations

from uda.translation.methods.cyclegan import CycleGan
from uda.translation.methods.ptgan import Ptgan
from uda.translation.methods.spgan import Spgan

METHODS: dict[str, type[CycleGan]] = {"cyclegan": CycleGan, "spgan": Spgan, "ptgan": Ptgan}
