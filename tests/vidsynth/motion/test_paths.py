import numpy as np
import pytest

from vidsynth.geometry.clearance import in_sight, inside_any
from vidsynth.motion.paths import draw_path, stays_clear
from vidsynth.places.sites.site import Block, Surface

GREY = Surface("paving", (0.5, 0.5, 0.5))
PILLAR = Block((0, 0, 0), (1, 1, 3), GREY)


def test_paths_are_as_long_as_asked_and_never_turn_sharply():
    for seed in range(20):
        path = draw_path(np.random.default_rng(seed), (-6, -4, 6, 4), 5.0)
        steps = np.diff(path, axis=0)
        assert np.hypot(*steps.T).sum() >= 5.0
        headings = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
        assert np.abs(np.diff(headings)).max(initial=0) < np.radians(25)


def test_a_walker_keeps_off_walls_and_edges():
    area = (-5, -5, 5, 5)
    assert stays_clear(np.array([[2.0, 0.0]]), area, [PILLAR])
    assert not stays_clear(np.array([[0.8, 0.0]]), area, [PILLAR])
    assert not stays_clear(np.array([[5.5, 0.0]]), area, [])
    beam = Block((2, 0, 2.5), (1, 1, 0.5), GREY)
    assert stays_clear(np.array([[2.0, 0.0]]), area, [beam])


def test_blocks_turn_and_round_ones_have_no_corners():
    turned = Block((0, 0, 0), (4, 0.2, 2), GREY, turn=np.pi / 2)
    assert inside_any(np.array([[0, 1.5, 1.0], [1.5, 0, 1.0]]), [turned]).tolist() == [True, False]
    column = Block((0, 0, 0), (2, 2, 2), GREY, shape="cylinder")
    assert inside_any(np.array([[0.9, 0, 1], [0.9, 0.9, 1]]), [column]).tolist() == [True, False]


@pytest.mark.parametrize(("height", "seen"), [(1.0, False), (9.0, True)])
def test_a_pillar_hides_what_is_behind_it(height, seen):
    behind = np.array([[-3.0, 0.0, 1.0]])
    assert in_sight((4.0, 0.0, height), behind, [PILLAR]).tolist() == [seen]
