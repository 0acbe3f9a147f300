"""Features together with the time that people take between cameras (JVTC+)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import torch
from torch.nn import functional as F

from uda.comparing.contract import Comparison, Side
from uda.comparing.distance import Array, distance_blocks
from uda.comparing.transitions import Likelihood, Transitions, joint_similarity
from uda.exact import exact_products


def _nothing() -> Transitions:
    return Transitions(np.zeros(0, np.int64), np.zeros((0, 0, 1), np.float32))


@dataclass
class VisualTemporal(Comparison):
    """1 - `joint_similarity` of cosine and of transition times learned from groups of the target.

    Without cameras or times, or before anything was learned, the order is that of the cosine.
    """

    name: ClassVar[str] = "visual_temporal"
    transitions: Transitions = field(default_factory=_nothing)
    gain: float = 5.0

    def blocks(self, query: Side, gallery: Side) -> Iterator[Array]:
        likely = Likelihood(self.transitions, query.features.device)
        own = likely.places(query.cameras, query.times)
        others = likely.places(gallery.cameras, gallery.times)
        start = 0
        for distances in distance_blocks(query.features, gallery.features):
            block = torch.as_tensor(distances)
            rows = slice(start, start := start + len(block))
            place, seconds = (part[rows, None] for part in own)
            likelihood = likely.between((place, seconds), others)
            yield 1 - joint_similarity(1 - block, likelihood, self.gain)

    def state(self) -> dict[str, Any]:
        return {"gain": self.gain, **self.transitions.state()}

    def restore(self, state: dict[str, Any]) -> None:
        self.gain, self.transitions = float(state["gain"]), Transitions.of_state(state)


class JointSpace:
    """N tracklets, as far from each other as `VisualTemporal` says."""

    def __init__(
        self,
        features: torch.Tensor,
        cameras: np.ndarray,
        times: np.ndarray,
        transitions: Transitions,
        gain: float = 5.0,
    ) -> None:
        self.features, self.gain = F.normalize(features.float(), dim=1), gain
        self._likely = Likelihood(transitions, features.device)
        self._places = self._likely.places(cameras, times)

    @property
    def device(self) -> torch.device:
        return self.features.device

    def __len__(self) -> int:
        return len(self.features)

    def block(self, rows: slice) -> torch.Tensor:
        place, seconds = (part[rows, None] for part in self._places)
        likelihood = self._likely.between((place, seconds), self._places)
        with exact_products(self.device):
            cosine = self.features[rows] @ self.features.T
        return 1 - joint_similarity(cosine, likelihood, self.gain)

    def pairs(self, items: torch.Tensor, members: torch.Tensor) -> torch.Tensor:
        cosine = (self.features[items] * self.features[members]).sum(1)
        some, others = ([part[rows] for part in self._places] for rows in (items, members))
        likelihood = self._likely.between((some[0], some[1]), (others[0], others[1]))
        return 1 - joint_similarity(cosine, likelihood, self.gain)
