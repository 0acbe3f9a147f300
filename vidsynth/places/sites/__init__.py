"""Places people walk through. A site is a function ``(rng) -> Site``; add yours to SITES."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vidsynth.places.sites.garage import garage
from vidsynth.places.sites.mall import mall
from vidsynth.places.sites.office import office
from vidsynth.places.sites.park import park
from vidsynth.places.sites.plaza import plaza
from vidsynth.places.sites.rural import rural
from vidsynth.places.sites.schoolyard import schoolyard
from vidsynth.places.sites.site import Site
from vidsynth.places.sites.station import station
from vidsynth.places.sites.street import street

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
