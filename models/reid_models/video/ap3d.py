"""AP3D: temporal convolutions over neighbours brought into line with each frame first. Gu et al.,
Appearance-Preserving 3D Convolution for Video-based Person Re-identification, ECCV 2020."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

from reid_models.video.architecture import VideoArchitecture
from reid_models.video.c2d import C2D
from reid_models.video.non_local import NonLocal
from reid_models.video.original import resnet_names
from reid_models.video.video_resnet import WIDTHS, Place

CONVOLUTIONS: tuple[Place, ...] = (
    *(("layer2", number) for number in (0, 2)),
    *(("layer3", number) for number in (0, 2, 4)),
)
NON_LOCAL: tuple[Place, ...] = (
    *(("layer2", number) for number in (1, 3)),
    *(("layer3", number) for number in (1, 3, 5)),
)


class AppearancePreserving(nn.Module):
    """APM: both neighbours of each frame, registered to it.

    Every position of a frame collects the neighbour's features by how alike they are, a softmax of
    ``temperature`` times the cosine of semantic features. Contrastive attention, a sigmoid per
    position, then takes out what the neighbour does not share with the frame; it sees detached
    features, so that it learns to compare and not to shape them. Before the first frame and after
    the last the neighbour is zero.
    """

    def __init__(self, channels: int, factor: int = 16, temperature: float = 4.0) -> None:
        super().__init__()
        self.temperature = temperature
        inner = channels // factor
        self.semantic = nn.Conv2d(channels, inner, 1, bias=False)
        self.own = nn.Conv2d(channels, inner, 1, bias=False)
        self.neighbour = nn.Conv2d(channels, inner, 1, bias=False)
        self.contrast = nn.Conv2d(inner, 1, 1, bias=False)

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """``(B, T, C, h, w)`` to ``(B, T, 3, C, h, w)``: before, the frame itself, after."""
        shape = clips.shape[:2]
        semantic = F.normalize(self.semantic(clips.flatten(0, 1)), dim=1).unflatten(0, shape)
        own = self.own(clips.detach().flatten(0, 1)).unflatten(0, shape)
        before, after = (self.register(clips, semantic, own, distance) for distance in (-1, 1))
        return torch.stack([before, clips, after], dim=2)

    def register(
        self, clips: torch.Tensor, semantic: torch.Tensor, own: torch.Tensor, distance: int
    ) -> torch.Tensor:
        """Frames ``t + distance`` as frames ``t`` would have them ``(B, T, C, h, w)``."""
        neighbours = _shifted(clips, distance).flatten(3)
        alike = semantic.flatten(3).transpose(2, 3) @ _shifted(semantic, distance).flatten(3)
        share = F.softmax(alike * self.temperature, dim=-1)
        registered = (neighbours @ share.transpose(2, 3)).view_as(clips)
        theirs = self.neighbour(registered.detach().flatten(0, 1))
        attention = torch.sigmoid(self.contrast(own.flatten(0, 1) * theirs))
        return registered * attention.unflatten(0, clips.shape[:2])


class TemporalConvolution(nn.Module):
    """APP3D-C without its spatial part: ``x + conv(before, x, after)``, of kernel 3 x 1 x 1.

    The spatial part is the bottleneck's own 3x3 convolution, which comes first. The temporal kernel
    starts at zero, so that the network starts as C2D.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.appearance = AppearancePreserving(channels)
        self.temporal = nn.Conv3d(channels, channels, (3, 1, 1), bias=False)
        nn.init.zeros_(self.temporal.weight)

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """``(B, T, C, h, w)`` to the same shape."""
        triples = self.appearance(clips).flatten(0, 1).transpose(1, 2)
        return clips + self.temporal(triples).squeeze(2).unflatten(0, clips.shape[:2])


def ap3d(num_classes: int | None) -> C2D:
    """AP3D-ResNet-50."""
    return C2D(num_classes, inside=_convolutions())


def ap3d_nl(num_classes: int | None) -> C2D:
    """AP3D-ResNet-50 with non-local blocks after the blocks that stay two-dimensional."""
    blocks = {place: NonLocal(WIDTHS[place[0]]) for place in NON_LOCAL}
    return C2D(num_classes, inside=_convolutions(), inserted=blocks)


def _convolutions() -> dict[Place, nn.Module]:
    # A bottleneck's 3x3 convolution is a quarter as wide as what the block puts out.
    return {place: TemporalConvolution(WIDTHS[place[0]] // 4) for place in CONVOLUTIONS}


def _shifted(clips: torch.Tensor, distance: int) -> torch.Tensor:
    """Frame ``t + distance`` in the place of frame ``t``, distance -1 or 1; zeros past the ends."""
    nothing = torch.zeros_like(clips[:, :1])
    surrounded = torch.cat([nothing, clips, nothing], dim=1)
    return surrounded[:, 1 + distance : 1 + distance + clips.shape[1]]


def _renamed(places: tuple[Place, ...]) -> Callable[[str], str | None]:
    # Where the repository pools, its convolution is the first of a sequence.
    unpooled = {"g.0.": "g.", "phi.0.": "phi."}

    def non_local(tail: str) -> str:
        for theirs, ours in unpooled.items():
            tail = tail.replace(theirs, ours)
        return tail

    names = resnet_names({place: non_local for place in places})
    parts = {
        "temporal_conv3d": "temporal",
        "APM.semantic_mapping": "appearance.semantic",
        "APM.x_mapping": "appearance.own",
        "APM.n_mapping": "appearance.neighbour",
        "APM.contrastive_att_net.0": "appearance.contrast",
    }

    def rename(key: str) -> str | None:
        name = names(key)
        if name is None or ".conv2." not in name:
            return name
        block, _, part = name.partition(".conv2.")
        module, _, leaf = part.rpartition(".")
        if module in parts:
            _, stage, number = block.split(".")
            return f"inside.{stage}_{number}.{parts[module]}.{leaf}"
        return f"{block}.conv2.{leaf}"

    return rename


def _architecture(
    title: str,
    make: Callable[[int | None], C2D],
    places: tuple[Place, ...],
    published: tuple[float, float],
) -> VideoArchitecture:
    return VideoArchitecture(
        title=title,
        paper=(
            "Gu et al., Appearance-Preserving 3D Convolution for Video-based Person "
            "Re-identification, ECCV 2020"
        ),
        make=make,
        input_size=(256, 128),
        clip_length=4,
        published=published,
        rename=_renamed(places),
    )


AP3D = _architecture("AP3D", ap3d, (), (24.24, 17.45))
AP3D_NL = _architecture("AP3D with non-local blocks", ap3d_nl, NON_LOCAL, (31.60, 24.09))
