"""What every section of the config is made of."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, model_validator


class Section(BaseModel):
    """Settings that belong together: no unknown key, never changed once read.

    Defaults are checked as what people write is: both then read the same."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _true_is_no_number(cls, values: Any) -> Any:
        """Python takes true for 1: a share of everybody, where somebody has meant a little."""
        for name, value in values.items() if isinstance(values, dict) else ():
            field = cls.model_fields.get(name)
            if isinstance(value, bool) and field is not None and _is_number(field.annotation):
                raise ValueError(f"{name} is a number, found {str(value).lower()}")
        return values


def _is_number(annotation: Any) -> bool:
    kinds = set(get_args(annotation) or (annotation,))
    return bool(kinds & {int, float}) and bool not in kinds
