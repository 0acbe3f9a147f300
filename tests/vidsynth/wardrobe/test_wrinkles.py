import numpy as np

from vidsynth.wardrobe.wrinkles import wrinkle_map


def test_creases_mostly_run_down_and_go_on_at_the_edges():
    heights = wrinkle_map()
    down, across = (np.abs(np.diff(heights, axis=axis)).mean() for axis in (0, 1))
    assert across > 1.2 * down
    assert heights.min() >= 0
    assert heights.max() > 0.95
    assert np.abs(heights[0] - heights[-1]).mean() < 2 * down
