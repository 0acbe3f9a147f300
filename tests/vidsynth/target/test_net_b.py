"""Net B learns what crops show, mirrors labels with them, and is silent where it has no truth."""

from __future__ import annotations

import numpy as np
import pytest

from vidsynth.target import net_b

NAMES = ("azimuth", "blur", "occluder")


@pytest.fixture(scope="module")
def made_up():
    """Crops whose side shows the azimuth, whose brightness the blur and whose top an occluder."""
    rng = np.random.default_rng(0)
    azimuth, blur = rng.uniform(0, 2 * np.pi, 384), rng.uniform(0, 2.5, 384)
    occluder = (rng.random(384) < 0.5).astype(float)
    crops = np.empty((384, 128, 64, 3))
    crops[:] = (40 + 60 * blur)[:, None, None, None]
    crops[:, :, :32, 0] += (50 * np.sin(azimuth))[:, None, None]
    crops[:, :, 32:, 0] -= (50 * np.sin(azimuth))[:, None, None]
    crops[:, 64:, :, 2] += (50 * np.cos(azimuth))[:, None, None]
    crops[occluder > 0, :30, :, 1] = 0
    outputs = np.stack([np.cos(azimuth), np.sin(azimuth), blur, occluder], 1)
    outputs[::5, 2] = np.nan
    return np.clip(crops, 0, 255).astype(np.uint8), outputs


@pytest.mark.slow
def test_it_learns_numbers_angles_and_chances(made_up, monkeypatch):
    monkeypatch.setattr(net_b, "_KEPT", 0.8)
    crops, outputs = made_up
    said = net_b.train(NAMES, crops, outputs, epochs=12)(crops)
    turned = np.arctan2(said[:, 1], said[:, 0]) - np.arctan2(outputs[:, 1], outputs[:, 0])
    assert np.cos(turned).mean() > 0.7
    known = np.isfinite(outputs[:, 2])
    assert np.corrcoef(said[known, 2], outputs[known, 2])[0, 1] > 0.8
    assert said[outputs[:, 3] > 0, 3].mean() > said[outputs[:, 3] == 0, 3].mean() + 0.4
    assert ((said[:, 3] >= 0) & (said[:, 3] <= 1)).all()


def test_equal_seeds_give_equal_nets(made_up):
    crops, outputs = made_up
    a, b = (net_b.train(NAMES, crops[:128], outputs[:128], epochs=1, seed=3) for _ in range(2))
    np.testing.assert_array_equal(a(crops[:8]), b(crops[:8]))
