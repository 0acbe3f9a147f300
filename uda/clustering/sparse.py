"""Sparse matrices of encodings as three tensors, on any device."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Rows:
    """A sparse matrix (R, ``width``) row after row.

    Row r has ``values`` float32 at ``columns`` int64 from ``starts[r]`` to ``starts[r + 1]``.
    """

    starts: torch.Tensor
    columns: torch.Tensor
    values: torch.Tensor
    width: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def lengths(self) -> torch.Tensor:
        """Entries of each row, int64 (R,)."""
        return self.starts.diff()

    def part(self, start: int, stop: int) -> Rows:
        """Rows ``start`` to ``stop`` - 1."""
        starts = self.starts[start : stop + 1]
        first, last = int(starts[0]), int(starts[-1])
        return Rows(
            starts - starts[0], self.columns[first:last], self.values[first:last], self.width
        )

    def transposed(self) -> Rows:
        """The matrix (``width``, R)."""
        columns, order = self.columns.sort(stable=True)
        rows = belong_to(self.starts)[order]
        return Rows(starts_of(columns, self.width), rows, self.values[order], len(self))

    def entries_of(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """All entries of ``rows`` (N,), which may repeat, one row after another.

        Returns:
            Where each lies in ``columns`` and ``values``, and which of the N it is of.
        """
        lengths = self.lengths()[rows]
        ends = lengths.cumsum(0)
        total = int(ends[-1]) if len(ends) else 0
        which = torch.repeat_interleave(lengths, output_size=total)
        before = self.starts[rows] - (ends - lengths)
        return before[which] + torch.arange(total, device=rows.device), which

    def dense(self) -> torch.Tensor:
        """The matrix with its zeros, float32."""
        found = self.values.new_zeros(len(self), self.width)
        found[belong_to(self.starts), self.columns] = self.values
        return found


def starts_of(rows: torch.Tensor, count: int) -> torch.Tensor:
    """Where each of ``count`` rows starts, int64 (count + 1,), in entries of ascending ``rows``."""
    edges = torch.arange(count + 1, device=rows.device)
    return torch.searchsorted(rows, edges)


def belong_to(starts: torch.Tensor) -> torch.Tensor:
    """The row of each entry, int64."""
    return torch.repeat_interleave(starts.diff(), output_size=int(starts[-1]))


def add_equal(keys: torch.Tensor, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Keys (N,) once each, ascending, and the sum of each one's values (N,)."""
    keys, order = keys.sort()
    kept, which = keys.unique_consecutive(return_inverse=True)
    return kept, torch.zeros(len(kept), device=keys.device).index_add_(0, which, values[order])
