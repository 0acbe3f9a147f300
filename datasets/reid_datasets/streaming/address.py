"""How a stream of shards is named where a benchmark could be: ``webdataset://PATH``."""

from __future__ import annotations

from pathlib import Path

from reid_datasets.errors import DatasetError

SCHEME = "webdataset"


def stream_root(name: str) -> Path | None:
    """The folder that ``webdataset://PATH`` names; None for the name of a benchmark.

    PATH is absolute, relative to the working directory, or begins with ``~``. Images are read where
    they lie in a shard, so it has to be local or mounted.

    Raises:
        DatasetError: PATH is empty, or names a host or another scheme.
    """
    scheme, colon, rest = name.partition(":")
    if scheme.lower() != SCHEME or not colon:
        return None
    path = rest.removeprefix("//")
    first = Path(path).parts[0] if path else ""
    drive = len(first) >= 2 and first[1] == ":" and first[0].isalpha() and "://" not in path
    if not rest.startswith("//") or not path:
        raise DatasetError(
            f"Expected {SCHEME}://PATH, the folder of a rendered set, found {name!r}. Write for "
            f"example {SCHEME}://data/synthetic or {SCHEME}:///data/synthetic."
        )
    if "://" in path or "@" in first or (":" in first and not drive):
        raise DatasetError(
            f"Expected a folder on this machine after {SCHEME}://, found {path!r}: images are read "
            "where they lie in the shards, which other hosts and schemes cannot serve. Mount the "
            "folder, or copy it here."
        )
    return Path(path).expanduser()
