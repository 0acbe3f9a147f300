"""How many frames a video has."""

from __future__ import annotations

from pathlib import Path

from reid_datasets.errors import DatasetError


def frame_count(path: Path) -> int:
    """From the container's index, or its packets counted where it has none. Decodes nothing.

    DatasetError: the file is no video, or has no frame.
    """
    import av  # not needed to read lists

    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            count = stream.frames or sum(1 for p in container.demux(stream) if p.size)
    except (OSError, av.FFmpegError, IndexError) as error:
        raise DatasetError(
            f"Expected a video in {path}, but it cannot be read as one ({error}). Copy it again, "
            "or move it out of the folder."
        ) from error
    if not count:
        raise DatasetError(f"Expected frames in {path}, found a video without any. Remove it.")
    return count
