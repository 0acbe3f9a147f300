"""Places people walk through. A site is a function ``(rng) -> Site``; add yours to SITES."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vidsynth.sites.garage import garage
from vidsynth.sites.mall import mall
from vidsynth.sites.office import office
from vidsynth.sites.park import park
from vidsynth.sites.plaza import plaza
from vidsynth.sites.rural import rural
from vidsynth.sites.schoolyard import schoolyard
from vidsynth.sites.site import Site
from vidsynth.sites.station import station
from vidsynth.sites.street import street

SITES: dict[str, Callable[[np.random.Generator], Site]] = {
    "garage": garage,
    "mall": mall,
    "office": office,
    "park": park,
    "plaza": plaza,
    "rural": rural,
    "schoolyard": schoolyard,
    "station": station,
    "street": street,
}
