"""Ways to train: one file per method, all with the contract of `uda.methods.contract`."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from uda import config
from uda.methods.adabn import AdaBN
from uda.methods.cal import Cal
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
    config.Cal: Cal,
}


def build(
    settings: config.SourceLosses,
    student: nn.Module,
    tracklets: int,
    clothes: Sequence[int] = (),
) -> Method:
    """The method that the settings name.

    ``student`` has ``frame_size`` and ``feature_size``, the dimensions of its frame and video
    features; ``tracklets`` and ``clothes`` are those of `Sizes`.
    """
    frame, video = int(student.frame_size), int(student.feature_size)  # type: ignore[arg-type]
    sizes = Sizes(frame, video, tracklets, tuple(clothes))
    return METHODS[type(settings)](student, settings, sizes)
