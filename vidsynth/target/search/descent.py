"""Attribute descent. Yao et al., Simulating Content Consistent Vehicle Datasets with Attribute
Descent, ECCV 2020 (VehicleX): one setting after the other, over a grid, the rest held.

The published search forgets its best value with each setting, so that noise in the distance can
end worse than it began. Here the best place so far is kept, and nothing is worse than the start.
"""

from __future__ import annotations

from vidsynth.target.search.coordinates import Coordinates, begin
from vidsynth.target.search.evaluations import Evaluations, Point


def descend(evaluate: Evaluations, coordinates: Coordinates, sweeps: int = 2) -> Point:
    """The means that descent ends with: ``sweeps`` times all coordinates in their order.

    It asks for the start and, at most, sweeps x the sum of the coordinates' values; a sweep that
    moves nothing is the last, since the next would ask what is known.
    """
    place = dict(begin(coordinates))
    least = evaluate(place)
    for _ in range(sweeps):
        before = dict(place)
        for key, coordinate in coordinates.items():
            for mean in coordinate.grid:
                tried = {**place, key: float(mean)}
                value = evaluate(tried)
                if value < least:
                    place, least = tried, value
        if place == before:
            break
    return place
