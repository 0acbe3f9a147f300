from __future__ import annotations

import numpy as np

from vidsynth.target.clothes import terms_worn

RED, NAVY, GREY = (0.66, 0.10, 0.11), (0.10, 0.13, 0.30), (0.5, 0.5, 0.5)
_MIDDLE = 0.46
"""Display value of middle grey."""


def test_the_majority_of_a_tracklets_crops_names_its_colours() -> None:
    tracklet = np.array([(RED, NAVY), (RED, GREY), (GREY, NAVY)])
    assert terms_worn([tracklet], (0, 0), _MIDDLE) == (["red"], ["blue"])


def test_the_cameras_cast_is_taken_off() -> None:
    tinted = np.array([(GREY, GREY)]) * (1.35, 1, 0.74)
    assert terms_worn([tinted], (0, 0), _MIDDLE)[0] == ["brown"]
    assert terms_worn([tinted], (0.3, -0.3), _MIDDLE)[0] == ["grey"]


def test_a_dark_camera_does_not_make_everybody_wear_black() -> None:
    dark = np.array([(GREY, RED)]) * 0.3
    assert terms_worn([dark], (0, 0), _MIDDLE)[0] == ["black"]
    assert terms_worn([dark], (0, 0), 0.15) == (["grey"], ["red"])


def test_each_tracklet_has_a_term() -> None:
    colours = [np.array([(RED, NAVY)] * k) for k in (1, 4, 2)]
    assert terms_worn(colours, (0, 0), _MIDDLE) == (["red"] * 3, ["blue"] * 3)


def test_a_dull_camera_does_not_make_everybody_wear_grey() -> None:
    vivid = [
        np.array([(colour, NAVY)]) for colour in (RED, (0.1, 0.4, 0.2), GREY) for _ in range(15)
    ]
    dull = [0.45 + 0.15 * (of - 0.45) for of in vivid]
    above, below = terms_worn(dull, (0, 0), _MIDDLE)
    assert above.count("red") == above.count("green") == 15
    assert set(below) == {"blue"}
