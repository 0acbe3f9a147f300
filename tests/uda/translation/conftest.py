"""A rendered source and a real target, and style transfers between them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.mars_tree import write_mars_tree
from tests.masked_tree import write_masked_tree
from tests.uda.translation.miniature import translate_small
from uda.translation.finish import TranslationResult

Translated = Callable[..., TranslationResult]


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendered set with masks; not to be changed."""
    return write_masked_tree(tmp_path_factory.mktemp("rendered") / "set", size=(40, 20))


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real one; not to be changed."""
    return write_mars_tree(tmp_path_factory.mktemp("real") / "set", seed=1)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, rendered: Path, real: Path) -> Translated:
    """``finished(*overrides, method=...)``: the same result for all tests that ask."""

    @functools.cache
    def run(*overrides: str, **more: Any) -> TranslationResult:
        output = tmp_path_factory.mktemp("finished") / "run"
        return translate_small(output, rendered, real, *overrides, **more)

    return run
