import numpy as np
import pytest

from vidsynth.target.distances import frechet_distance, moments
from vidsynth.target.video.features import over_time


def tracklets(rng, count, flicker):
    for _ in range(count):
        yield rng.normal(0, 1, 6) + rng.normal(0, flicker, (8, 6))


def test_what_flickers_more_is_another_video_of_the_same_pictures():
    rng = np.random.default_rng(0)
    still, busy = (over_time(list(tracklets(rng, 300, flicker))) for flicker in (0.1, 0.6))
    assert still[0].shape == still[1].shape == (300, 6)
    assert np.mean(still[1]) == pytest.approx(0.1, rel=0.1)
    means, spreads = (
        frechet_distance(*(moments(side[part]) for side in (still, busy))) for part in (0, 1)
    )
    assert spreads > 1.0
    assert means < spreads / 3


def test_one_frame_has_no_spread():
    means, spread = over_time([np.ones((1, 3)), np.zeros((2, 3))])
    assert means.tolist() == [[1, 1, 1], [0, 0, 0]]
    assert spread.tolist() == [[0, 0, 0]]
