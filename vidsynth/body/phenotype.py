"""What shapes a body, as plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Body:
    """A body in anny's phenotype space: every value 0 to 1 but ``age`` (years), ``stature``
    (metres) and ``bmi`` (kg/m², of the mesh at the density of water).

    ``gender`` is 0 female, 1 male; ``cupsize`` and ``firmness`` shape women's chests only;
    ``african``, ``asian`` and ``caucasian``, which sum to 1, are the shares of anny's three faces
    and builds.
    """

    gender: float
    age: float
    muscle: float
    weight: float
    height: float
    proportions: float
    stature: float
    bmi: float = 22.0
    cupsize: float = 0.5
    firmness: float = 0.5
    african: float = 1 / 3
    asian: float = 1 / 3
    caucasian: float = 1 / 3
