"""SINet, and its halves SBNet and IDNet. Bai et al., Salient-to-Broad Transition for Video Person
Re-identification, CVPR 2022."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import nn

from reid_models.video.architecture import VideoArchitecture
from reid_models.video.c2d import C2D
from reid_models.video.frame_groups import FrameGroups
from reid_models.video.integration_distribution import IntegrationDistribution
from reid_models.video.original import resnet_names
from reid_models.video.salient_to_broad import SalientToBroad
from reid_models.video.video_resnet import WIDTHS, Place

GROUP = 4
"""Frames that both modules are published for."""
GRID = (32, 16)
"""Maps of the second stage at 256x128."""
INTEGRATION: tuple[Place, ...] = (("layer2", 1), ("layer2", 3))
SALIENT: dict[Place, int] = {("layer3", 1): 1, ("layer3", 3): 2, ("layer3", 5): 3}
"""After which block how many frames count as salient: the transition goes on with depth."""


def sinet(num_classes: int | None) -> C2D:
    """Both modules."""
    return _network(num_classes, _integration() | _transition())


def sbnet(num_classes: int | None) -> C2D:
    """The salient-to-broad modules alone."""
    return _network(num_classes, _transition())


def idnet(num_classes: int | None) -> C2D:
    """The integration-and-distribution modules alone."""
    return _network(num_classes, _integration())


def _network(num_classes: int | None, modules: Mapping[Place, nn.Module]) -> C2D:
    model = C2D(
        num_classes, inserted={place: FrameGroups(m, GROUP) for place, m in modules.items()}
    )
    # The published stem pools without padding (its inflation drops it), and its weights expect it.
    model.backbone.get_submodule("maxpool").padding = 0  # type: ignore[assignment]
    return model


def _integration() -> dict[Place, nn.Module]:
    return {place: IntegrationDistribution(WIDTHS[place[0]], GRID, GROUP) for place in INTEGRATION}


def _transition() -> dict[Place, nn.Module]:
    return {place: SalientToBroad(WIDTHS[place[0]], n) for place, n in SALIENT.items()}


def _architecture(
    title: str,
    make: Callable[[int | None], C2D],
    places: tuple[Place, ...],
    published: tuple[float, float],
) -> VideoArchitecture:
    names = resnet_names({place: "module.{}".format for place in places})
    return VideoArchitecture(
        title=title,
        paper=(
            "Bai et al., Salient-to-Broad Transition for Video Person Re-identification, CVPR 2022"
        ),
        make=make,
        input_size=(256, 128),
        clip_length=GROUP,
        published=published,
        # The projection serves the authors' contrastive loss alone.
        rename=lambda key: None if key.startswith("projection.") else names(key),
    )


SINET = _architecture("SINet", sinet, (*INTEGRATION, *SALIENT), (26.26, 16.31))
SBNET = _architecture("SBNet", sbnet, tuple(SALIENT), (25.14, 16.14))
IDNET = _architecture("IDNet", idnet, INTEGRATION, (24.66, 16.29))
