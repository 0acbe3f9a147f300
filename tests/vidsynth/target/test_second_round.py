"""A second round: what it learns from, and which of two fits it keeps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from vidsynth.settings import load_image_config
from vidsynth.target.second_round import IMAGES, Nearness, weights_of


def test_renders_of_the_first_fit_weigh_as_much_as_the_pool() -> None:
    pools = cast(Any, ([SimpleNamespace()] * 800, [SimpleNamespace()] * 100))
    weights = weights_of(pools)
    assert weights[:800].sum() == pytest.approx(weights[800:].sum())
    assert np.mean(weights) == pytest.approx(1)


def test_a_round_has_600_images() -> None:
    config = load_image_config(None, IMAGES)
    each = config.cameras_per_identity * config.images_per_camera
    assert config.identities * each == 600


def test_the_second_is_kept_only_where_it_is_nearer() -> None:
    assert Nearness(frechet=(20.0, 19.9), mmd2=(0.1, 0.2)).nearer
    assert not Nearness(frechet=(20.0, 20.0), mmd2=(0.1, 0.05)).nearer
