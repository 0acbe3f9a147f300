import numpy as np
import pytest

from tests.vidsynth.needs import needs_anny
from vidsynth.motion.walker import Walker
from vidsynth.people.sampling import sample_person

needs_anny()

CURVE = tuple((2.5 * float(np.sin(a)), -2.5 * float(np.cos(a))) for a in np.arange(0, 4.5, 0.14))
STRAIGHT = ((0.0, 8.0), (0.0, -8.0))
FPS = 50


def contacts(manner, path):
    """Metres per second at which sole vertices on the ground move, and the hips' lift."""
    from vidsynth.body.model import body_model
    from vidsynth.motion.performance import perform
    from vidsynth.motion.walking import sole_rows

    person = sample_person(np.random.default_rng(3), 3)
    pace = {"walk": None, "run": person.gait.run_speed, "stand": 0.0}[manner]
    walker = Walker(person, path, 1.5, 0.2, manner=manner, pace=pace)
    shape = body_model().shape(person.body)
    acted = perform(walker, shape, np.arange(2 * FPS) / FPS, None)
    soles = body_model().pose(shape, acted.rotations, sole_rows()).astype(float)
    soles[..., 2] += (acted.lift - soles[..., 2].min(1))[:, None]
    c, s = np.cos(acted.heading)[:, None], np.sin(acted.heading)[:, None]
    x = c * soles[..., 0] - s * soles[..., 1] + acted.position[:, :1]
    y = s * soles[..., 0] + c * soles[..., 1] + acted.position[:, 1:]
    down = soles[..., 2] < 0.012
    moved = np.hypot(np.diff(x, axis=0), np.diff(y, axis=0)) * FPS
    return moved[down[1:] & down[:-1]], acted


@pytest.mark.parametrize("path", [STRAIGHT, CURVE])
@pytest.mark.parametrize(("manner", "middle", "most"), [("walk", 0.15, 0.5), ("run", 0.15, 0.3)])
def test_feet_on_the_ground_stay_there_in_curves_too(manner, middle, most, path):
    speed, acted = contacts(manner, path)
    assert np.median(speed) < middle
    assert np.quantile(speed, 0.9) < most
    assert (acted.lift > 0.01).any() == (manner == "run")


def test_someone_who_stands_moves_but_the_feet_do_not():
    speed, acted = contacts("stand", STRAIGHT)
    assert speed.max() < 1e-3
    assert np.ptp(acted.position, axis=0).max() < 0.2
    assert np.abs(np.diff(acted.rotations, axis=0)).max() > 1e-4
