import numpy as np
import pytest

from vidsynth.body import growth
from vidsynth.body.anatomy import BODY
from vidsynth.body.phenotype import Body

BUILDS = [
        (0.0, 12, 1.38, 14.5), (1.0, 12, 1.62, 22.0), (0.1, 16, 1.62, 20.5), (0.9, 17, 1.90, 19.0),
        (0.0, 25, 1.50, 30.0), (1.0, 30, 1.95, 24.0), (0.9, 45, 1.62, 34.0), (0.1, 60, 1.75, 18.0),
        (0.0, 85, 1.42, 25.0), (1.0, 85, 1.69, 28.0),
]  # fmt: skip


def litres(model, anatomy, body):
    """The volume of a body's mesh."""
    points = model.shape(body).vertices.astype(float)
    a, b, c = (points[anatomy.triangles["body"][:, k]] for k in range(3))
    return 1000 * np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6


@pytest.mark.parametrize("sex", ["female", "male"])
def test_the_young_grow_and_the_old_shrink(sex):
    tall = [growth.stature(sex, age)[0] for age in range(12, 91)]
    grown = tall[30 - 12]
    assert (np.diff(tall[:7]) > 0).all()
    assert (np.diff(tall[30 - 12 :]) < 0).all()
    lost = grown - tall[80 - 12]
    assert lost == pytest.approx(0.08 if sex == "female" else 0.05, abs=0.002)


def test_girls_are_taller_at_twelve_and_boys_from_fourteen():
    ahead = [growth.stature("male", a)[0] - growth.stature("female", a)[0] for a in (12, 14, 30)]
    assert ahead[0] < 0 < ahead[1] < ahead[2]


def test_the_age_axis_follows_growth():
    for gender in (0.0, 0.5, 1.0):
        axis = [growth.age_axis(age, gender) for age in range(10, 91)]
        assert (np.diff(axis) >= 0).all()
        assert growth.age_axis(20, gender) == pytest.approx(2 / 3)
        assert growth.age_axis(90, gender) == pytest.approx(1)
    assert growth.age_axis(12, 0.0) > growth.age_axis(12, 1.0)


@pytest.mark.parametrize(("gender", "age", "stature", "bmi"), BUILDS)
def test_a_body_weighs_what_is_asked_for(model, anatomy, gender, age, stature, bmi):
    middle, spread = growth.stature("male" if gender > 0.5 else "female", age)
    height = 0.5 + 0.14 * (stature - middle) / spread
    muscle, weight, reached = growth.build(gender, age, 0.4, height, stature, bmi)
    assert 0 <= weight <= 1
    assert 0.02 <= muscle <= 0.4
    assert reached == pytest.approx(bmi, rel=0.02)
    body = Body(gender, age, muscle, weight, height, 0.6, stature, bmi)
    assert litres(model, anatomy, body) / stature**2 == pytest.approx(bmi, rel=0.08)
    assert np.ptp(model.shape(body).vertices[BODY, 2]) == pytest.approx(stature, abs=1e-4)


def test_what_no_body_can_weigh_is_brought_to_what_one_can():
    for bmi in (8.0, 80.0):
        muscle, weight, reached = growth.build(1.0, 40, 0.5, 0.5, 1.75, bmi)
        assert weight in (0.0, 1.0)
        assert reached == pytest.approx(
            growth.mesh_bmi(1.0, 40, muscle, weight, 0.5, 1.75), rel=1e-6
        )
        assert 12 < reached < 45
