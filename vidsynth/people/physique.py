"""Drawing a body: age, sex, stature, weight, muscle and skin as they go together in people.

The curves over age and their sources are in growth.py.
"""

from __future__ import annotations

import numpy as np

from vidsynth.body import growth
from vidsynth.body.phenotype import Body
from vidsynth.config.bodies import BodiesConfig

# Parts of anny's three faces and builds in people of a skin tone: parameters of a Dirichlet
# distribution (african, asian, caucasian). Any mixture occurs with any tone.
_ANCESTRY = {
    "very-light": (0.15, 2.0, 6.0),
    "light": (0.3, 3.0, 5.0),
    "intermediate": (0.6, 4.0, 3.5),
    "tan": (1.5, 3.5, 2.5),
    "brown": (4.0, 2.5, 1.0),
    "dark": (6.0, 0.8, 0.3),
    "very-dark": (8.0, 0.5, 0.2),
}


def draw_sex(rng: np.random.Generator, config: BodiesConfig) -> str:
    return "female" if rng.random() < config.female_share else "male"


def draw_skin(rng: np.random.Generator, config: BodiesConfig) -> str:
    """A name in SKIN."""
    return config.skin_tones.draw(rng)


def draw_body(rng: np.random.Generator, sex: str, skin_name: str, config: BodiesConfig) -> Body:
    """A body of that sex and skin. Other ages or shares take as many random numbers."""
    male = sex == "male"
    age = config.ages.draw(rng)
    gender = 0.82 + 0.18 * rng.random() if male else 0.18 * rng.random()
    tall, heavy, strong, chest, firm = np.clip(rng.standard_normal(5), -2.6, 2.6)
    proportions = 0.35 + 0.5 * rng.random()
    middle, spread = growth.stature(sex, age)
    stature = middle + spread * tall
    # Before they are grown, those ahead in stature are ahead in weight too.
    ahead = float(np.interp(age, (12, 15, 19), (0.35, 0.25, 0.0)))
    usual, deviation = growth.bmi(sex, age)
    wanted = usual * np.exp(deviation * (ahead * tall + np.sqrt(1 - ahead**2) * heavy))
    average, variety = growth.muscle(sex, age)
    height = float(np.clip(0.5 + 0.14 * tall, 0.1, 0.9))
    muscle, weight, bmi = growth.build(
        gender, age, float(np.clip(average + variety * strong, 0.05, 0.95)), height, stature, wanted
    )
    african, asian, caucasian = rng.dirichlet(_ANCESTRY[skin_name.rpartition("-")[0]])
    cup, firmness = 0.5, 0.5
    if not male:
        grown = float(np.interp(age, (12, 17), (-0.22, 0.0)))
        cup = 0.45 + grown + 0.018 * (bmi - usual) + 0.14 * chest
        firmness = float(np.interp(age, (18, 85), (0.72, 0.22))) + 0.10 * firm
    return Body(
        gender=gender,
        age=age,
        muscle=muscle,
        weight=weight,
        height=height,
        proportions=proportions,
        stature=float(stature),
        bmi=bmi,
        cupsize=float(np.clip(cup, 0.03, 0.97)),
        firmness=float(np.clip(firmness, 0.03, 0.97)),
        african=float(african),
        asian=float(asian),
        caucasian=float(caucasian),
    )
