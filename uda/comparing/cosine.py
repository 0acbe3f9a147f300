"""Cosine and Euclidean distance of features, whatever the cameras."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from uda.comparing.contract import Comparison, Side
from uda.comparing.distance import Array, distance_blocks


class Cosine(Comparison):
    """1 - cosine, in [0, 2]: what nearly all methods are tested by."""

    name: ClassVar[str] = "cosine"
    span: ClassVar[tuple[float, float] | None] = (0.0, 2.0)

    def blocks(self, query: Side, gallery: Side) -> Iterator[Array]:
        return distance_blocks(query.features, gallery.features)


class Euclidean(Comparison):
    """Distance of features of length 1: the order of `Cosine`, in [0, 2]."""

    name: ClassVar[str] = "euclidean"
    span: ClassVar[tuple[float, float] | None] = (0.0, 2.0)

    def blocks(self, query: Side, gallery: Side) -> Iterator[Array]:
        return distance_blocks(query.features, gallery.features, metric="euclidean")
