"""``folder.yaml``: what a user says of their own data where its directories do not."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from reid_datasets.benchmarks.layout import read_text
from reid_datasets.benchmarks.listing import one_name
from reid_datasets.errors import DatasetError
from strict_reading import Unreadable, parse_yaml

SETTINGS = "folder.yaml"

Layout = Literal["id/camera/tracklet", "id/tracklet", "camera/tracklet", "tracklet"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)


class FolderSettings(BaseModel):
    """``layout`` names the directory levels, None to go by their depth.

    ``evaluate`` keeps the identities for a test: there are no queries of the user's own.
    ``distractors`` and ``junk`` are names of identities: people that match no query, and
    detections to leave out.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    layout: Layout | None = None
    evaluate: bool = False
    distractors: list[str] = []
    junk: list[str] = []

    @field_validator("distractors", "junk")
    @classmethod
    def _one_name(cls, names: list[str]) -> list[str]:
        return [one_name(name) for name in names]


def read_settings(path: Path) -> FolderSettings:
    """The settings, all defaults where there is no file. DatasetError: not what is expected."""
    if not path.exists():
        return FolderSettings()
    try:
        raw = parse_yaml(read_text(path)) or {}
        return FolderSettings.model_validate(raw)
    except Unreadable as error:
        raise DatasetError(
            f"Expected YAML in {path}, such as `layout: {LAYOUTS[0]}`, but it cannot be read: "
            f"{error}."
        ) from None
    except ValidationError as error:
        raise DatasetError(_explain(path, error)) from None


def _explain(path: Path, error: ValidationError) -> str:
    keys = list(FolderSettings.model_fields)
    problem = error.errors()[0]
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, keys, 1)
        advice = f"Did you mean {near[0]}?" if near else "Remove it."
        return f"Expected the keys {', '.join(keys)} in {path}, found {key!r}. {advice}"
    if problem["type"] == "string_type":
        return (
            f"Expected names in {path}, found {problem['input']!r} under {key}. Write it in "
            "quotes: YAML reads 0000 as the number 0."
        )
    message = problem["msg"][0].lower() + problem["msg"][1:]
    where = f"{key} of {path}" if key else str(path)
    return f"In {where}, {message}, found {problem['input']!r}. Correct the file."
