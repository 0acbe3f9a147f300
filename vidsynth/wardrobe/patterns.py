"""What is on cloth: patterns of a second colour, and weaves of one."""

from __future__ import annotations

PATTERNS: dict[str, float] = {
    "stripes": 0.07, "hoops": 0.11, "check": 0.06, "plaid": 0.06, "dots": 0.04, "two-tone": 0.08,
    "logo": 0.08,
}  # fmt: skip
"""Patterns of a second colour, and how often each is worn."""

WEAVES = ("plain", "knit", "denim")
"""Cloth of one colour."""
