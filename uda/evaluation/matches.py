"""Which gallery entries each query should find, and which its ranking leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import torch

Labels: TypeAlias = Sequence[Any] | np.ndarray | torch.Tensor
Clothes: TypeAlias = Literal["general", "same", "changed"]

UNKNOWN = -1


class Matches:
    """The gallery entries of every query's own identity, without a matrix over all pairs.

    A query's own identity under its own camera is excluded; an unknown camera excludes nothing.
    ``clothes`` are the three settings of CCVID (Gu et al., CVPR 2022): "general" excludes nothing
    more, "same" also the own identity in other clothes, "changed" also the own identity in the
    clothes of the query, whatever the camera.
    """

    def __init__(
        self,
        query_ids: Labels,
        gallery_ids: Labels,
        query_cameras: Labels | None = None,
        gallery_cameras: Labels | None = None,
        query_clothes: Labels | None = None,
        gallery_clothes: Labels | None = None,
        clothes: Clothes = "general",
    ) -> None:
        if not len(query_ids) or not len(gallery_ids):
            raise ValueError(
                f"nothing to rank: {len(query_ids)} queries, {len(gallery_ids)} gallery entries"
            )
        if clothes not in ("general", "same", "changed"):
            raise ValueError(
                f'expected clothes to be "general", "same" or "changed", found {clothes!r}'
            )
        self.people, self.gallery_people = _codes(query_ids, gallery_ids, "identities")
        sizes = len(self.people), len(self.gallery_people)
        if (self.people == UNKNOWN).any() or (self.gallery_people == UNKNOWN).any():
            raise ValueError("expected an identity for every query and gallery entry, found None")
        self._cameras = _codes(
            *_of_sizes(query_cameras, gallery_cameras, sizes, "cameras"), "cameras"
        )
        self._mode = clothes
        if clothes != "general":
            given = _of_sizes(query_clothes, gallery_clothes, sizes, "clothes")
            self._clothes = _codes(*given, "clothes")
            missing = [int((codes == UNKNOWN).sum()) for codes in self._clothes]
            if any(missing):
                raise ValueError(
                    f'clothes="{clothes}" needs to know what everybody wears: {missing[0]} queries '
                    f'and {missing[1]} gallery entries have no clothes. Use clothes="general"'
                )
        self._by_person = np.argsort(self.gallery_people, kind="stable")
        ordered = self.gallery_people[self._by_person]
        self._first = np.searchsorted(ordered, self.people)
        self._count = np.searchsorted(ordered, self.people, "right") - self._first

    def of(self, start: int, stop: int) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        """The matches and the excluded entries of queries ``start`` to ``stop``.

        Both are a pair of arrays, rows (0 for query ``start``) and gallery columns, ordered by row
        and then by column.
        """
        count = self._count[start:stop]
        rows = np.repeat(np.arange(len(count)), count)
        ends = np.cumsum(count)
        places = np.arange(len(rows)) - np.repeat(ends - count - self._first[start:stop], count)
        columns = self._by_person[places]
        own, other = self._cameras
        camera = own[start:stop][rows]
        excluded = (camera == other[columns]) & (camera != UNKNOWN)
        if self._mode != "general":
            own, other = self._clothes
            dressed_alike = own[start:stop][rows] == other[columns]
            excluded |= dressed_alike if self._mode == "changed" else ~dressed_alike
        kept = ~excluded
        return (rows[kept], columns[kept]), (rows[excluded], columns[excluded])


def _of_sizes(
    query: Labels | None, gallery: Labels | None, sizes: tuple[int, int], what: str
) -> tuple[Labels, Labels]:
    """Both sides' labels, None for each entry of a side that has none."""
    sides = []
    for labels, size, side in zip((query, gallery), sizes, ("query", "gallery"), strict=True):
        found: Labels = [None] * size if labels is None else labels
        if len(found) != size:
            raise ValueError(f"expected {size} {side} {what}, found {len(found)}")
        sides.append(found)
    return sides[0], sides[1]


def _codes(query: Labels, gallery: Labels, what: str) -> tuple[np.ndarray, np.ndarray]:
    """The labels as numbers 0, 1, ... that agree between both sides; UNKNOWN for None."""
    sides = [_array(labels, what) for labels in (query, gallery)]
    known = [~_missing(labels) for labels in sides]
    values = [labels[there] for labels, there in zip(sides, known, strict=True)]
    kinds = {_kind(labels, what) for labels in values if len(labels)}
    if len(kinds) > 1:
        raise ValueError(
            f"expected {what} of one kind, found {' and '.join(sorted(kinds))}: none would match"
        )
    if kinds == {"integers"}:
        values = _integers(values)
    else:
        values = [labels.astype(np.str_) for labels in values]
    _, numbers = np.unique(np.concatenate(values), return_inverse=True)
    codes = [np.full(len(labels), UNKNOWN) for labels in sides]
    codes[0][known[0]] = numbers[: len(values[0])]
    codes[1][known[1]] = numbers[len(values[0]) :]
    return codes[0], codes[1]


def _integers(sides: list[np.ndarray]) -> list[np.ndarray]:
    try:
        return [np.array(labels.tolist(), np.int64) for labels in sides]
    except OverflowError:  # hashes of 64 bits, which only Python's integers hold
        return [np.fromiter(labels.tolist(), object, len(labels)) for labels in sides]


def _array(labels: Labels, what: str) -> np.ndarray:
    if isinstance(labels, torch.Tensor):
        labels = labels.detach().cpu().numpy()
    if not isinstance(labels, np.ndarray):
        # Asked for no dtype, NumPy turns 1 and "1" into the same label.
        labels = np.fromiter(labels, object, len(labels))
    if labels.ndim != 1:
        raise ValueError(f"expected {what} as one label per entry, found shape {labels.shape}")
    return labels


def _missing(labels: np.ndarray) -> np.ndarray:
    if labels.dtype != object:
        return np.zeros(len(labels), bool)
    return np.fromiter((label is None for label in labels), bool, len(labels))


def _kind(labels: np.ndarray, what: str) -> str:
    if labels.dtype.kind in "iu":
        return "integers"
    if labels.dtype.kind == "U":
        return "strings"
    if labels.dtype == object:
        if all(isinstance(label, (int, np.integer)) for label in labels):
            return "integers"
        if all(isinstance(label, str) for label in labels):
            return "strings"
    found = sorted({type(label).__name__ for label in labels.tolist()})
    raise ValueError(
        f"expected {what} that are integers or strings, found {', '.join(found)}: convert them"
    )
