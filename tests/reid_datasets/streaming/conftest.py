"""Sets of shards."""

from __future__ import annotations

from pathlib import Path

import pytest
from reid_datasets.streaming.source import StreamedSource, open_stream

from tests.reid_datasets.shard_set import walks, write_shards


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 people of four tracklets, in 12 shards of two cameras; not to be written to."""
    return write_shards(tmp_path_factory.mktemp("streamed") / "set", walks(24))


@pytest.fixture(scope="module")
def source(root: Path) -> StreamedSource:
    return open_stream(root)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A set to damage: eight people in four shards."""
    return write_shards(tmp_path / "own", walks(8))
