"""How tall, heavy and muscular people are at an age, and how anny's phenotype gets there.

Sources of the curves, which are interpolated linearly over age:

- Stature and BMI from 12 to 19: WHO growth reference 2007 (de Onis et al., Bulletin of the WHO 85,
  2007), medians and standard deviations.
- Stature afterwards: the WHO median at 19 less what people lose with age, 3 cm (men) and 5 cm
  (women) from 30 to 70, 5 and 8 cm by 80 (Sorkin, Muller and Andres, American Journal of
  Epidemiology 150, 1999).
- BMI afterwards: around the world's means of 24.2 (men) and 24.4 (women) of NCD-RisC, Lancet 387,
  2016; that it rises to about 60, women's later and further, and falls after 75 is common to
  national surveys; the exact course is ours.
- Muscle: men have more of it, most between 20 and 45, and lose it noticeably from then on (Janssen
  et al., Journal of Applied Physiology 89, 2000); its place on anny's axis is ours.
"""

from __future__ import annotations

import numpy as np

_YOUTH = (12, 13, 14, 15, 16, 17, 18, 19)
_STATURE = {
    "male": (
        (*_YOUTH, 30, 50, 70, 80, 90),
        (149.1, 156.0, 163.2, 169.0, 172.9, 175.2, 176.1, 176.5, 176.5, 175.6, 173.5, 171.5, 169.0),
    ),
    "female": (
        (*_YOUTH, 30, 50, 70, 80, 90),
        (151.2, 156.4, 159.8, 161.7, 162.5, 162.9, 163.1, 163.2, 163.2, 161.7, 158.2, 155.2, 152.0),
    ),
}  # fmt: skip
_STATURE_SPREAD = {
    "male": (_YOUTH, (7.1, 7.45, 7.7, 7.8, 7.75, 7.6, 7.5, 7.3)),
    "female": (_YOUTH, (6.8, 6.95, 6.95, 6.9, 6.8, 6.7, 6.65, 6.5)),
}
_BMI = {
    "male": (
        (*_YOUTH, 30, 45, 60, 75, 90),
        (17.5, 18.2, 19.0, 19.8, 20.5, 21.1, 21.7, 22.2, 24.0, 25.3, 25.6, 25.2, 24.0),
    ),
    "female": (
        (*_YOUTH, 30, 45, 60, 75, 90),
        (18.0, 18.8, 19.6, 20.2, 20.7, 21.0, 21.3, 21.4, 23.2, 24.8, 26.0, 25.8, 24.2),
    ),
}
_MUSCLE = {
    "male": ((12, 16, 20, 45, 65, 90), (0.34, 0.46, 0.54, 0.54, 0.44, 0.30)),
    "female": ((12, 16, 20, 45, 65, 90), (0.32, 0.38, 0.42, 0.42, 0.34, 0.24)),
}


def stature(sex: str, age: float) -> tuple[float, float]:
    """Median and standard deviation, metres, at an age in years."""
    middle = np.interp(age, *_STATURE[sex])
    return float(middle) / 100, float(np.interp(age, *_STATURE_SPREAD[sex])) / 100


def bmi(sex: str, age: float) -> tuple[float, float]:
    """Median body mass index, kg/m², and the standard deviation of its logarithm."""
    spread = np.interp(age, (12, 19, 35), (0.125, 0.13, 0.14 if sex == "male" else 0.165))
    return float(np.interp(age, *_BMI[sex])), float(spread)


def muscle(sex: str, age: float) -> tuple[float, float]:
    """Mean and standard deviation on anny's axis, 0 to 1."""
    return float(np.interp(age, *_MUSCLE[sex])), 0.13


_ADULT = 2 / 3
# anny's child (a third of the axis) has 0.77 of its adult's stature, as boys of ten have. In
# between the place on the axis is where anny's share of the adult stature is the WHO median's.
_AGE_AXIS = {
    "male": (
        (1, 10, 12, 13, 14, 15, 16, 17, 18, 25, 90),
        (0, 1 / 3, 0.445, 0.50, 0.56, 0.61, 0.64, 0.66, _ADULT, _ADULT, 1),
    ),
    "female": (
        (1, 8, 10, 12, 13, 14, 15, 16, 25, 90),
        (0, 1 / 3, 0.45, 0.56, 0.605, 0.64, 0.655, _ADULT, _ADULT, 1),
    ),
}  # fmt: skip


def age_axis(age: float, gender: float) -> float:
    """Where an age in years lies on anny's axis: 1/3 a child, 2/3 an adult of 25, 1 an elder of 90;
    ``gender`` from 0 female to 1 male."""
    male, female = (np.interp(age, *_AGE_AXIS[sex]) for sex in ("male", "female"))
    return float(gender * male + (1 - gender) * female)


# Volume of anny's body over stature³, in litres per cubic metre, by gender (female, male), age
# (1/3, 2/3, 1), muscle (0, 0.5, 1) and weight (0, 0.5, 1); and what height (0, 0.5, 1) multiplies
# it by.
_VOLUME = np.array(
    [
        [
            [[8.21, 12.67, 18.50], [10.80, 11.63, 13.27], [10.89, 10.73, 12.13]],
            [[7.60, 12.45, 19.17], [9.83, 11.45, 12.90], [9.93, 11.25, 14.14]],
            [[7.90, 12.51, 19.39], [10.07, 10.92, 12.35], [10.18, 11.01, 12.63]],
        ],
        [
            [[9.49, 13.32, 18.72], [11.69, 12.37, 13.06], [11.43, 12.71, 13.81]],
            [[8.22, 13.49, 21.74], [11.13, 12.20, 13.28], [10.52, 11.55, 17.03]],
            [[8.30, 12.89, 22.01], [11.16, 12.24, 13.04], [10.59, 11.67, 15.22]],
        ],
    ]
)
_HEIGHT_VOLUME = np.array([16.20, 12.20, 10.23]) / 12.20


def mesh_bmi(
    gender: float, age: float, muscle: float, weight: float, height: float, stature: float
) -> float:
    """The body mass index, kg/m², of anny's mesh at the density of water; within a few per cent."""
    girth = np.interp(weight, _THIRDS, _girths(gender, age, muscle, height, stature))
    return float(girth) ** 2


_THIRDS = (0.0, 0.5, 1.0)
_LEAST, _STEP = 0.02, 0.02


def build(
    gender: float, age: float, muscle: float, height: float, stature: float, bmi: float
) -> tuple[float, float, float]:
    """anny's muscle and weight for a body mass index, and the one that is reached.

    The muscle asked for is kept where some weight gives that index. Far from the middle anny has
    such bodies with less muscle only, and then has the most that allows it.
    """
    wanted = np.sqrt(bmi)
    girths = _girths(gender, age, muscle, height, stature)
    while not girths[0] <= wanted <= girths[-1] and muscle > _LEAST:
        muscle = max(muscle - _STEP, _LEAST)
        girths = _girths(gender, age, muscle, height, stature)
    weight = float(np.interp(wanted, girths, _THIRDS))
    return muscle, weight, mesh_bmi(gender, age, muscle, weight, height, stature)


def _girths(gender: float, age: float, muscle: float, height: float, stature: float) -> np.ndarray:
    """Square roots of the body mass index at the weights 0, 0.5 and 1: girth grows evenly
    between."""
    girth = np.sqrt(_VOLUME)
    for place in (gender, np.clip((age_axis(age, gender) - 1 / 3) * 3, 0, 2), 2 * muscle):
        low = min(int(place), len(girth) - 2)
        girth = girth[low] + (place - low) * (girth[low + 1] - girth[low])
    factor = np.interp(height, _THIRDS, _HEIGHT_VOLUME) * stature
    return np.asarray(np.maximum.accumulate(girth) * np.sqrt(factor))
