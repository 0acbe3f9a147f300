"""Bytes in words."""

from __future__ import annotations


def size(count: int) -> str:
    """Bytes in the unit that people would take."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
