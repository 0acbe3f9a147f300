"""Maps compared place by place (QAConv)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import torch
from reid_models.outputs import Features
from reid_models.query_adaptive import ENTRIES, LocalFeatures, Matcher

from uda.comparing.contract import Comparison, Side
from uda.comparing.distance import Array
from uda.errors import UdaError
from uda.exact import exact_products

SCALE = 10.0
"""Scores of this size are at a quarter and at three quarters of all distances."""


class QueryAdaptive(Comparison):
    """Distance (1 - s / (10 + |s|)) / 2 of scores s: between 0 and 1, in the order of -s.

    A tracklet's feature is a local feature for each place, averaged over its frames: D is channels
    x stretches x places. Rows of a block are as many as keep 2 h w numbers for each pair within
    `ENTRIES`, at least one, beside `ENTRIES` similarities of places.
    """

    name: ClassVar[str] = "query_adaptive"
    of_embeddings: ClassVar[bool] = False
    span: ClassVar[tuple[float, float] | None] = (0.0, 1.0)

    def __init__(self, local: LocalFeatures | None = None, matcher: Matcher | None = None) -> None:
        """Both in evaluation mode; None until `restore`."""
        self.local = local or LocalFeatures(1, 1)
        self.matcher = matcher or Matcher(1)

    def represent(self, found: Features) -> torch.Tensor:
        if found.maps is None:
            raise UdaError(
                "Query-adaptive matching compares the maps of frames, and this model gives none. "
                "Train an image model, or c2d, ap3d, sinet, psta."
            )
        return self.local.to(found.maps.device)(found.maps).flatten(1)

    def blocks(self, query: Side, gallery: Side) -> Iterator[Array]:
        for scores in self.scores(query.features, gallery.features):
            yield 0.5 - 0.5 * scores / (SCALE + scores.abs())

    def similarities(self, distances: torch.Tensor) -> torch.Tensor:
        """The sigmoid of scores, which the authors lift."""
        share = 1 - 2 * distances.double()
        return torch.sigmoid(SCALE * share / (1 - share.abs()))

    def scores(self, query: torch.Tensor, gallery: torch.Tensor) -> Iterator[torch.Tensor]:
        """Scores (rows, G) of consecutive features (Q, D) with all of (G, D), block by block."""
        matcher, device = self.matcher.to(query.device), query.device
        places = matcher.weigh.in_features
        shape = self.local.norm.num_features, self.local.stretches, places
        others = gallery.unflatten(1, shape)
        room = ENTRIES["cpu" if device.type == "cpu" else "cuda"]
        for some in query.split(max(1, room // (2 * places * len(gallery)))):
            with torch.no_grad(), exact_products(device):
                block = matcher(some.unflatten(1, shape), others)
            yield block

    def state(self) -> dict[str, Any]:
        return {
            "stretches": self.local.stretches,
            "local": dict(self.local.state_dict()),
            "matcher": dict(self.matcher.state_dict()),
        }

    def restore(self, state: dict[str, Any]) -> None:
        channels, incoming = state["local"]["convolution.weight"].shape[:2]
        self.local = LocalFeatures(incoming, channels, int(state["stretches"])).eval()
        self.matcher = Matcher(state["matcher"]["weigh.weight"].shape[1]).eval()
        self.local.load_state_dict(state["local"])
        self.matcher.load_state_dict(state["matcher"])
