from __future__ import annotations

import numpy as np
import pytest
from reid_models import packaged_weights

from uda.translation.distances import distances


def pictures(count: int, level: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [
        np.clip(rng.normal(level, 40, (64, 32, 3)), 0, 255).astype(np.uint8) for _ in range(count)
    ]


@pytest.mark.skipif(
    packaged_weights.find("mobilenet_v2") is None, reason="needs the extra [weights]"
)
def test_pictures_like_the_target_are_nearer() -> None:
    (found,) = distances(pictures(24, 60, 0), pictures(24, 150, 1), pictures(24, 150, 2))
    assert found.name == "fd"
    assert found.after < 0.5 * found.before
    assert found.floor < found.before


def test_few_pictures_have_no_distance() -> None:
    assert distances(pictures(9, 1, 0), pictures(9, 1, 0), pictures(2, 1, 0)) == []
