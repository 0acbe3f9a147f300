"""Frames inside WebDataset shards: images in a tar file, read where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reid_datasets.errors import DatasetError, MissingFrame

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class ShardFrames:
    """Images of one tracklet in a shard; ``places`` are their (offset, size) in it, bytes.

    A `Frames`. Offsets come from the data set's tables: no tar headers are read.
    """

    shard: Path
    places: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.places)

    def name(self, index: int) -> str:
        return f"{self.shard} image at byte {self.places[index][0]}"

    def read(
        self, indices: Sequence[int], at_least: tuple[int, int] | None = None
    ) -> list[torch.Tensor]:
        from reid_datasets.pictures import decode_image  # torch takes seconds to import

        contents = []
        try:
            with self.shard.open("rb") as shard:
                for index in indices:
                    offset, size = self.places[index]
                    shard.seek(offset)
                    contents.append(shard.read(size))
        except (OSError, ValueError) as error:  # ValueError: before its beginning
            kind = MissingFrame if isinstance(error, FileNotFoundError) else DatasetError
            said = getattr(error, "strerror", None) or error
            raise kind(
                f"Expected a shard at {self.shard}, but it cannot be read ({said}). Render the set "
                "again: what is there is kept."
            ) from error
        return [
            decode_image(content, self.name(index), at_least)
            for index, content in zip(indices, contents, strict=True)
        ]
