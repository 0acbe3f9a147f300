"""Names of hair, apart from their shapes, so that settings load without SciPy."""

from __future__ import annotations

HAIR_STYLES = ("cropped", "short", "bob", "long", "bun", "ponytail", "curly", "bald")
