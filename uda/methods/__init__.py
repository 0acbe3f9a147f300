"""Ways to train: one file per method, all with the contract of `uda.methods.contract`."""

from __future__ import annotations

from torch import nn

from uda import config
from uda.methods.adabn import AdaBN
from uda.methods.contract import Method, Sizes
from uda.methods.dann import Dann
from uda.methods.mean_teacher import MeanTeacher
from uda.methods.pseudo_label import PseudoLabel
from uda.methods.source_only import SourceOnly
from uda.methods.synthetic_to_real import SyntheticToReal

METHODS: dict[type[config.SourceLosses], type[Method]] = {
    config.SourceOnly: SourceOnly,
    config.AdaBN: AdaBN,
    config.Dann: Dann,
    config.MeanTeacher: MeanTeacher,
    config.SyntheticToReal: SyntheticToReal,
    config.PseudoLabel: PseudoLabel,
}


def build(settings: config.SourceLosses, student: nn.Module, tracklets: int) -> Method:
    """The method that the settings name.

    ``student`` has ``frame_size`` and ``feature_size``, the dimensions of its frame and video
    features; ``tracklets`` is the number of target tracklets.
    """
    sizes = Sizes(int(student.frame_size), int(student.feature_size), tracklets)  # type: ignore[arg-type]
    return METHODS[type(settings)](student, settings, sizes)
