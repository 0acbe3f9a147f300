from dataclasses import replace

import numpy as np
import pytest

from vidsynth.body import growth
from vidsynth.config import BodiesConfig
from vidsynth.config.bodies import HAIR_COLOURS, SKIN_TONES
from vidsynth.people.attributes import describe
from vidsynth.people.sampling import sample_person
from vidsynth.people.skin_and_hair import HAIR, SKIN

ANCESTRY = ("african", "asian", "caucasian")


def draw(count, **settings):
    config = BodiesConfig(**settings)
    return [sample_person(np.random.default_rng(k), k + 1, config) for k in range(count)]


@pytest.fixture(scope="module")
def crowd():
    return draw(1500)


def of(crowd, sex, low, high, field):
    bodies = [p.body for p in crowd if p.sex == sex and low <= p.body.age < high]
    return np.array([getattr(body, field) for body in bodies])


def lab(colour):
    """CIELAB under D65 of an sRGB colour, by the definition."""
    c = np.array(colour)
    c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ) @ c / (0.95047, 1.0, 1.08883)  # fmt: skip
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


@pytest.mark.parametrize("name", SKIN)
def test_a_skin_tone_is_what_its_name_says(name):
    lightness, a, b = lab(SKIN[name])
    angle = np.degrees(np.arctan2(lightness - 50, b))
    kind, _, hue = name.rpartition("-")
    classes = ("very-dark", "dark", "brown", "tan", "intermediate", "light", "very-light")
    assert classes[int(np.searchsorted((-50, -30, 10, 28, 41, 55), angle))] == kind
    assert ("rosy" if np.degrees(np.arctan2(b, a)) < 55 else "golden") == hue


def test_every_skin_tone_can_be_asked_for_and_is_as_frequent_as_any_other(crowd):
    assert set(SKIN_TONES) == set(SKIN)
    assert set(HAIR_COLOURS) == set(HAIR)
    assert len(SKIN) >= 10
    counts = [sum(person.skin_name == name for person in crowd) for name in SKIN]
    assert min(counts) > 0.6 * len(crowd) / len(SKIN)


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize(("low", "high"), [(12, 15), (15, 19), (19, 40), (40, 60), (60, 85)])
def test_statures_are_those_of_the_sex_and_age(crowd, sex, low, high):
    chosen = [p.body for p in crowd if p.sex == sex and low <= p.body.age < high]
    norms = np.array([growth.stature(sex, body.age) for body in chosen])
    scores = (np.array([body.stature for body in chosen]) - norms[:, 0]) / norms[:, 1]
    assert abs(scores.mean()) < 4 / np.sqrt(len(scores))
    assert 0.7 < scores.std() < 1.25
    assert np.abs(scores).max() < 2.7


@pytest.mark.parametrize("sex", ["female", "male"])
def test_weight_rises_with_age_and_muscle_falls(crowd, sex):
    def mean(field, low, high):
        return of(crowd, sex, low, high, field).mean()

    assert mean("bmi", 12, 17) < mean("bmi", 19, 30) < mean("bmi", 45, 70)
    assert 0.10 < np.log(of(crowd, sex, 25, 60, "bmi")).std() < 0.22
    assert mean("muscle", 19, 45) > mean("muscle", 65, 86)
    assert 22 < mean("bmi", 25, 65) < 27


def test_men_are_more_muscular_and_women_have_chests_that_age(crowd):
    assert of(crowd, "male", 19, 60, "muscle").mean() > of(crowd, "female", 19, 60, "muscle").mean()
    firm = [of(crowd, "female", *span, "firmness").mean() for span in ((18, 35), (65, 86))]
    assert firm[0] > firm[1] + 0.2
    assert of(crowd, "female", 12, 14, "cupsize").mean() < 0.4
    assert set(of(crowd, "male", 12, 86, "cupsize")) == {0.5}


def test_before_they_are_grown_the_tall_are_heavy_for_their_age(crowd):
    young = draw(300, ages=(12, 14), female_share=0.0)
    tall, heavy = np.array([(p.body.stature, p.body.bmi) for p in young]).T
    assert np.corrcoef(tall, heavy)[0, 1] > 0.1
    grown = [p.body for p in crowd if p.sex == "male" and p.body.age > 25]
    tall, heavy = np.array([(body.stature, body.bmi) for body in grown]).T
    assert abs(np.corrcoef(tall, heavy)[0, 1]) < 0.2


def test_every_value_is_one_that_anny_takes(crowd):
    for person in crowd:
        body = person.body
        assert 12 <= body.age <= 85
        for name in ("gender", "muscle", "weight", "height", "proportions", "cupsize", "firmness"):
            assert 0 <= getattr(body, name) <= 1, name
        assert sum(getattr(body, name) for name in ANCESTRY) == pytest.approx(1)
        assert (body.gender > 0.5) == (person.sex == "male")
        assert 1.25 < body.stature < 2.05
        assert 13 < body.bmi < 40


def test_ancestry_goes_with_skin_but_does_not_follow_from_it(crowd):
    light = [p.body for p in crowd if p.skin_name.startswith("very-light")]
    dark = [p.body for p in crowd if p.skin_name.startswith("very-dark")]
    assert np.mean([body.caucasian for body in light]) > 0.6
    assert np.mean([body.african for body in dark]) > 0.75
    brown = [p.body for p in crowd if p.skin_name.startswith("brown")]
    assert {max(ANCESTRY, key=lambda name: getattr(body, name)) for body in brown} == set(ANCESTRY)


def test_the_settings_decide_who_there_is():
    people = draw(60, ages=(60, 64), female_share=1.0, skin_tones=("tan-rosy", "brown-golden"))
    assert all(60 <= person.body.age <= 64 for person in people)
    assert {person.sex for person in people} == {"female"}
    assert {person.skin_name for person in people} == {"tan-rosy", "brown-golden"}


def test_other_ages_and_skins_change_nobodys_clothes():
    for one, other in zip(draw(40), draw(40, ages=(70, 80), skin_tones=("tan-rosy",)), strict=True):
        assert (one.upper, one.lower, one.shoes) == (other.upper, other.lower, other.shoes)
        assert one.body != other.body


def test_hair_goes_grey_with_age(crowd):
    def grey(low, high):
        chosen = [p for p in crowd if low <= p.body.age < high]
        return np.mean([describe(p)["hair_colour"] == "grey" for p in chosen])

    assert grey(12, 28) == 0
    assert grey(28, 45) < 0.15
    assert 0.1 < grey(45, 60) < 0.4
    assert grey(72, 86) > 0.6


def test_all_eighteen_body_types_are_among_people(crowd):
    seen = [describe(person)["body_type"] for person in crowd]
    assert len(set(seen)) == 18
    assert min(seen.count(name) for name in set(seen)) > 0.008 * len(seen)


def test_a_build_is_judged_by_age():
    person = draw(1)[0]

    def word(age, bmi):
        body = replace(person.body, age=age, bmi=bmi)
        return describe(replace(person, body=body))["body_type"].rpartition("-")[2]

    assert [word(40, bmi) for bmi in (20, 24, 29)] == ["thin", "average", "heavy"]
    assert [word(12, bmi) for bmi in (15, 18, 21)] == ["thin", "average", "heavy"]


def test_the_old_take_shorter_steps_and_the_small_too():
    def step(**settings):
        people = draw(150, **settings)
        return np.mean([60 * p.gait.speed / p.gait.cadence for p in people])

    adult = step(ages=(25, 50))
    assert step(ages=(78, 85)) < adult - 0.08
    assert step(ages=(12, 13)) < adult - 0.03
