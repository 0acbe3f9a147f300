"""One of N equal parts of a data set's shots, for array jobs of a cluster's scheduler."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from vidsynth.errors import ConfigError


@dataclass(frozen=True)
class Slice:
    """Slice ``number``, from 1, of ``count``: every ``count``-th shot, so that slices take about
    as long as each other."""

    number: int = 1
    count: int = 1

    @property
    def whole(self) -> bool:
        """Whether it is all shots."""
        return self.count == 1

    @property
    def name(self) -> str:
        """What its lock, its folder of logs and its partial folder are called."""
        return "all" if self.whole else f"shots-{self.number}-of-{self.count}"

    def shots(self, total: int) -> range:
        """Its shots, out of ``total``."""
        return range(self.number - 1, total, self.count)

    def overlaps(self, other: Slice) -> bool:
        """Whether the two have shots in common, if only there are enough."""
        return (self.number - other.number) % math.gcd(self.count, other.count) == 0

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


WHOLE = Slice()


def parse_slice(text: str) -> Slice:
    """The slice that ``--shots I/N`` names. Raises ConfigError."""
    found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text.strip())
    number, count = (int(part) for part in found.groups()) if found else (0, 0)
    if 1 <= number <= count:
        return Slice(number, count)
    advice = ""
    if found and number == 0 and count:
        advice = (
            f": slices count from 1, so an array index that counts from 0 needs 1 added, as in "
            f'--shots "$((SLURM_ARRAY_TASK_ID + 1))/{count}" or '
            f'"$((JOB_COMPLETION_INDEX + 1))/{count}"'
        )
    raise ConfigError(
        f"Expected --shots I/N, slice I of N with I from 1 to N, as in --shots 3/16, found "
        f"{text!r}{advice}."
    )


def named_slice(name: str) -> Slice | None:
    """The slice whose `name` this is; None where it is something else's."""
    if name == WHOLE.name:
        return WHOLE
    found = re.fullmatch(r"shots-([0-9]+)-of-([0-9]+)", name)
    return Slice(int(found[1]), int(found[2])) if found else None
