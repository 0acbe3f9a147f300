"""The distortion of a camera: as a JSON object says it, as a setting draws it, and its limits."""

from __future__ import annotations

import difflib
from dataclasses import fields, replace
from typing import Any, Protocol

import numpy as np

from strict_reading import shown
from vidsynth.cameras.camera import Camera
from vidsynth.errors import CameraError
from vidsynth.geometry.lenses import LENSES, BrownConrady, Lens
from vidsynth.geometry.projection import edge, end_of_lens

_EXAMPLE = '{"model": "brown-conrady", "coefficients": [k1, k2, p1, p2, k3]}'
_LARGEST = 1e3


class _Entry(Protocol):
    """An object of a camera network, as `vidsynth.cameras.calibration` reads it."""

    record: Any

    def wrong(self, text: str) -> CameraError: ...


def distorted(entry: _Entry, camera: Camera) -> Camera:
    """The camera with the ``distortion`` that its JSON object gives, if any.

    It is an object of ``model`` and ``coefficients``, or a list of OpenCV's k1, k2, p1, p2 and
    perhaps k3. Raises CameraError for any other value and where the frame is larger than the
    picture that such a lens makes.
    """
    given = entry.record.get("distortion")
    if given is None:
        return camera
    lens = _lens(entry, given)
    if not any(getattr(lens, field.name) for field in fields(lens)) and lens.model != "fisheye":
        return camera
    camera = replace(camera, lens=lens)
    fault = too_large(camera)
    if fault:
        raise entry.wrong(fault)
    return camera


def too_large(camera: Camera) -> str | None:
    """What is wrong where the frame goes beyond the picture that its lens makes, else None."""
    lens = camera.lens
    if lens is None or np.isfinite(camera.field_of_view):
        return None
    corner = float(np.hypot(*(edge(camera.width, camera.height) - camera.principal).T).max())
    found = end_of_lens(camera.focal, lens)
    if lens.folds:
        return (
            f"its distortion folds the picture {found:.0f} pixels from the principal point, where "
            f"the frame reaches out to {corner:.0f}: coefficients hold for the frame they were "
            "measured in, so correct them, K, width or height"
        )
    advice = "" if lens.model == "fisheye" else ", or calibrate it as a fisheye"
    return (
        f"it sees more than {lens.widest:g} degrees, the most that {lens.model} can have here: "
        f"the frame reaches {corner:.0f} pixels from the principal point and the lens "
        f"{found:.0f}; give a longer focal length or a smaller frame{advice}"
    )


def bent(share: float, camera: Camera) -> Lens | None:
    """The lens that moves the corner of the camera's frame outward by ``share`` of its distance
    from the middle, or inward where it is below 0: barrel distortion. None for 0."""
    if not share:
        return None
    corner = np.hypot(camera.width / camera.focal[0], camera.height / camera.focal[1]) / 2
    straight = corner / (1.0 + share)
    return BrownConrady(k1=round(float(share / straight**2), 6))


def _lens(entry: _Entry, given: Any) -> Lens:
    if isinstance(given, list):
        if len(given) not in (4, 5):
            raise entry.wrong(
                f"expected distortion as a list to be k1, k2, p1, p2 and perhaps k3, found "
                f"{len(given)} values; otherwise give {_EXAMPLE}"
            )
        given = {"model": BrownConrady.model, "coefficients": given}
    if not isinstance(given, dict) or set(given) != {"model", "coefficients"}:
        raise entry.wrong(f"expected distortion to be {_EXAMPLE}, found {shown(given)}")
    model, values = given["model"], given["coefficients"]
    if not isinstance(model, str) or model not in LENSES:
        near = difflib.get_close_matches(str(model), LENSES, 1, 0.4)
        advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(LENSES)}"
        raise entry.wrong(f"unknown distortion.model {model}: {advice}")
    names = [field.name for field in fields(LENSES[model])]
    least = len(names) - 1 if model == BrownConrady.model else len(names)
    if (
        not isinstance(values, list)
        or not least <= len(values) <= len(names)
        or not all(_number(value) for value in values)
    ):
        raise entry.wrong(
            f"expected distortion.coefficients of {model} to be {', '.join(names)}, numbers "
            f"within {_LARGEST:g}, found {shown(values)}"
        )
    return LENSES[model](*map(float, values))


def _number(value: Any) -> bool:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return bool(known and abs(value) <= _LARGEST)
