from __future__ import annotations

import numpy as np
import pytest
from reid_models import packaged_weights
from reid_models.crop_activations import activations_of_crops

pytestmark = pytest.mark.skipif(
    packaged_weights.find("mobilenet_v2") is None, reason="needs the extra [weights]"
)


def test_a_crop_has_the_same_activations_alone_and_in_a_batch() -> None:
    rng = np.random.default_rng(0)
    crops = [rng.integers(0, 255, (h, w, 3), dtype=np.uint8) for h, w in ((60, 30), (256, 128))]
    found = activations_of_crops(crops)
    assert found.shape[0] == 2
    assert found.dtype == np.float32
    np.testing.assert_allclose(activations_of_crops(crops[1:]), found[1:], rtol=1e-3, atol=1e-3)
    assert np.abs(found[0] - found[1]).mean() > 0.1


def test_no_crops_have_no_activations() -> None:
    assert activations_of_crops([]).shape == (0, 0)
