"""What some tests need that not every machine has."""

from __future__ import annotations

from importlib.util import find_spec

import pytest


def needs_anny() -> None:
    """Skips the test or the module where the body model is not installed; does not import it,
    which takes seconds, as the arrays that are rendered were prepared from it long ago."""
    if find_spec("anny") is None:
        pytest.skip("needs anny", allow_module_level=True)
