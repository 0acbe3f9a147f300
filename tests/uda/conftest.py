"""Miniature data, a miniature backbone, and runs of it."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from reid_models.building import MODELS

from tests.mars_tree import write_mars_tree
from tests.uda.miniature import TINY, Run, train_small, undrawn
from uda.training.session import TrainingResult


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Miniature tensors: threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the backbone, for `model.name`."""
    monkeypatch.setitem(MODELS, "tiny", TINY)
    return "tiny"


@pytest.fixture
def processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluations take the processor, as miniature runs do: the same numbers to the bit."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture
def blank_pictures() -> Iterator[None]:
    """Runs draw nothing; see `undrawn`."""
    with undrawn():
        yield


@pytest.fixture(scope="session")
def miniatures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Source and target trees; not to be changed."""
    folder = tmp_path_factory.mktemp("miniatures")
    return write_mars_tree(folder / "source"), write_mars_tree(folder / "target", seed=1)


@pytest.fixture
def run(tiny: str, tmp_path: Path, miniatures: tuple[Path, Path]) -> Run:
    """``run(name, *overrides, resume=..., target_root=...)`` trains into a folder of that name."""

    def start(name: str, *overrides: str, **more: Any) -> TrainingResult:
        return train_small(tmp_path / name, miniatures, *overrides, **more)

    return start


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, miniatures: tuple[Path, Path]) -> Run:
    """``trained(*overrides, method=...)``: a finished run, the same one for all tests that ask.

    Its directory is not to be changed, see `copied`.
    """

    @functools.cache
    def finished(*overrides: str, **more: Any) -> TrainingResult:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(MODELS, "tiny", TINY)
            return train_small(
                tmp_path_factory.mktemp("trained") / "run", miniatures, *overrides, **more
            )

    return finished


@pytest.fixture
def copied(trained: Run, tmp_path: Path) -> Callable[..., Path]:
    """``copied(name, *overrides)``: a finished run's directory, to be changed by one test."""

    def copy(name: str, *overrides: str, **more: Any) -> Path:
        found = trained(*overrides, **more)
        return Path(shutil.copytree(found.output, tmp_path / name))

    return copy
