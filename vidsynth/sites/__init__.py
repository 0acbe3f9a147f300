"""Places people walk through. A site is a function ``(rng) -> Site``; add yours to SITES."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vidsynth.sites.site import Site, Surface


def _plaza(rng: np.random.Generator) -> Site:
    return Site(
        "plaza", False, (-6, -4, 6, 4), (-14, -12, 14, 12), (2.4, 6.0),
        Surface("paving", (0.5, 0.5, 0.5)), (),
    )


SITES: dict[str, Callable[[np.random.Generator], Site]] = {"plaza": _plaza}
