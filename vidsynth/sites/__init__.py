"""Places people walk through. A site is a function ``(rng) -> Site``; add yours to SITES."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vidsynth.sites.hall import hall
from vidsynth.sites.park import park
from vidsynth.sites.plaza import plaza
from vidsynth.sites.site import Site
from vidsynth.sites.street import street

SITES: dict[str, Callable[[np.random.Generator], Site]] = {
    "hall": hall,
    "park": park,
    "plaza": plaza,
    "street": street,
}
