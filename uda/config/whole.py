"""The configuration of a run: its sections, and one section that belongs to the method."""

from __future__ import annotations

import functools
from typing import Any

from pydantic import Field, SerializeAsAny, create_model, model_validator

from uda.config.sections import (
    Data,
    Evaluation,
    Model,
    Monitoring,
    Optimiser,
    Schedule,
    Section,
    Training,
)


class MethodSettings(Section):
    """What every method's settings have: the name it is chosen by (`uda.methods.registry`)."""

    name: str = Field(default="", description="registered name, or FILE.py:Class")


class Config(Section):
    """All settings of a run. `of_method` gives the type whose ``method`` is one method's own."""

    model: Model = Model()
    data: Data = Data()
    optimiser: Optimiser = Optimiser()
    schedule: Schedule = Schedule()
    method: SerializeAsAny[MethodSettings] = MethodSettings()
    training: Training = Training()
    evaluation: Evaluation = Evaluation()
    monitoring: Monitoring = Monitoring()

    def __reduce__(self) -> tuple[Any, ...]:
        """For other processes: a type made by `of_method` has no name that they could import."""
        kind = None if type(self) is Config else type(self.method)
        return _unpickled, (kind, self.method.name, self.model_dump())

    @model_validator(mode="after")
    def _norms_see_one_domain_at_a_time(self) -> Config:
        if self.model.norm in ("dsbn", "cbn") and (
            getattr(self.method, "statistics", "target") == "joint"
        ):
            raise ValueError(
                f"model.norm={self.model.norm} keeps domains apart, method.statistics=joint puts "
                "both into one pass: use method.statistics=target"
            )
        return self

    @model_validator(mode="after")
    def _groups_hold_whole_people(self) -> Config:
        groups = getattr(self.method, "triplet_groups", 1)
        if self.data.identities % groups or self.data.identities < 2 * groups:
            raise ValueError(
                f"method.triplet_groups={groups} parts of a batch have at least two whole "
                f"identities each: data.identities={self.data.identities} does not divide so"
            )
        return self

    @model_validator(mode="after")
    def _selection_has_scores(self) -> Config:
        needed = {"source_test": "every", "target_test": "target_every"}
        key = needed.get(self.evaluation.select_on)
        if key and not getattr(self.evaluation, key):
            raise ValueError(
                f"evaluation.select_on={self.evaluation.select_on} needs evaluation.{key} > 0"
            )
        return self


@functools.cache
def of_method(settings: type[MethodSettings], name: str) -> type[Config]:
    """The configuration type of a run whose method has these ``settings`` and this ``name``."""
    default = settings(name=name)
    field: Any = (SerializeAsAny[settings], default)  # type: ignore[valid-type, misc]
    return create_model("Config", __base__=Config, method=field)


def _unpickled(settings: type[MethodSettings] | None, name: str, values: dict[str, Any]) -> Config:
    kind = Config if settings is None else of_method(settings, name)
    return kind.model_validate(values)
