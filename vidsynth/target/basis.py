"""What regressions of a crop's description have for input, and the features distances are in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vidsynth.target.features import Described

EMBEDDED = 64
"""Dimensions of the features that distances are taken in."""
_COMPONENTS = 600
_NETWORK_SCALE = 2.0
"""How much components of the network count against statistics of pixels."""


@dataclass(frozen=True, eq=False)
class Basis:
    """From a description to a regression's inputs: standardised, the network's part reduced to its
    principal components."""

    network_mean: np.ndarray
    network_sd: np.ndarray
    components: np.ndarray
    component_sd: np.ndarray
    pixels_mean: np.ndarray
    pixels_sd: np.ndarray

    @classmethod
    def of(cls, described: Described, rng: np.random.Generator) -> Basis:
        from sklearn.utils.extmath import randomized_svd

        mean, sd = described.network.mean(0), described.network.std(0) + 1e-6
        count = min(_COMPONENTS, len(described) // 2)
        rows = rng.permutation(len(described))[:3000]
        scaled = (described.network[rows] - mean) / sd
        seed = int(rng.integers(2**31))
        _, _, components = randomized_svd(scaled, count, n_iter=3, random_state=seed)
        component_sd = (scaled @ components.T).std(0)
        return cls(
            mean, sd, components.T.astype(np.float32), component_sd.astype(np.float32),
            described.pixels.mean(0), described.pixels.std(0) + 1e-6,
        )  # fmt: skip

    def components_of(self, described: Described) -> np.ndarray:
        """Principal components (N, C), not scaled."""
        scaled = (described.network - self.network_mean) / self.network_sd
        found: np.ndarray = scaled @ self.components
        return found

    def design(self, described: Described) -> np.ndarray:
        """Inputs float32 (N, K)."""
        components = self.components_of(described)
        components = components * (_NETWORK_SCALE / np.sqrt((self.component_sd**2).sum()))
        pixels = np.clip((described.pixels - self.pixels_mean) / self.pixels_sd, -5, 5)
        return np.hstack([components, pixels / np.sqrt(pixels.shape[1])]).astype(np.float32)

    def embedded(self, described: Described) -> np.ndarray:
        """The first components with unit variance over the pool, (N, EMBEDDED)."""
        count = min(EMBEDDED, self.components.shape[1])
        return self.components_of(described)[:, :count] / self.component_sd[:count]
