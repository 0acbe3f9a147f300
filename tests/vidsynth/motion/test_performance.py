import numpy as np

from tests.vidsynth.needs import needs_anny
from vidsynth.motion.walker import Keyframe, Walker
from vidsynth.people.sampling import sample_person

needs_anny()


def held(manners, phases):
    from vidsynth.body.model import body_model
    from vidsynth.motion.performance import perform_keyframes

    person = sample_person(np.random.default_rng(3), 3)
    moments = tuple(
        Keyframe(2.0, 1.0, 0.4, phase, manner)
        for manner, phase in zip(manners, phases, strict=True)
    )
    shape = body_model().shape(person.body)
    return perform_keyframes(Walker(person, (), 0.0, 0.0, moments), shape, None), shape


def test_moments_are_each_of_their_own_manner():
    from vidsynth.body.model import body_model
    from vidsynth.motion.walking import sole_rows

    phases = np.arange(8) / 8
    mixed, shape = held(["walk", "run", "stand"] * 8, np.repeat(phases, 3))
    alone = {manner: held([manner] * 8, phases)[0] for manner in ("walk", "run", "stand")}
    for k, manner in enumerate(("walk", "run", "stand")):
        np.testing.assert_allclose(mixed.rotations[k::3], alone[manner].rotations)
        np.testing.assert_allclose(mixed.lift[k::3], alone[manner].lift)
    assert alone["run"].lift.max() > 0.01, "there is flight"
    assert not alone["walk"].lift.any()
    apart = {}
    for manner, acted in alone.items():
        soles = body_model().pose(shape, acted.rotations, sole_rows())
        apart[manner] = float(np.ptp(soles[..., 1], axis=1).max())
    assert apart["stand"] < 0.5 < apart["walk"] < apart["run"]
    np.testing.assert_allclose(alone["walk"].position, [[2.0, 1.0]] * 8)
    assert np.abs(alone["stand"].position - [2.0, 1.0]).max() < 0.1
