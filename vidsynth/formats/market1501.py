"""The Market-1501 layout: ``bounding_box_train/0001_c1s1_000151_01.jpg``, and no lists.

Query and gallery are folders, too: an image is in one of them, as in Market-1501 itself. ``s`` is
the place an image was taken at: the site's number, or the one after all sites for photographs.
Names widen where there are more than 9,999 identities: readers split them at ``_``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vidsynth.formats.writer import Contents, ImageId, Record, Writer

FOLDERS = ("bounding_box_train", "query", "bounding_box_test")


class Market1501(Writer):
    """A JPEG file per image."""

    def place(self, picture: ImageId) -> str:
        return f"{folder(picture.split, picture.query)}/{image_name(picture)}"

    def finish(self, contents: Contents) -> list[str]:
        return [record["file"] for records in contents.crops for record in records]

    @classmethod
    def index(cls, root: Path, markers: Sequence[Record]) -> None:
        """Makes the folders that readers want, even if nothing is in one of them."""
        for name in FOLDERS:
            (root / name).mkdir(exist_ok=True)


def folder(split: str, query: bool) -> str:
    """Where an image of that split (train, test or distractor) lies."""
    if split == "train":
        return FOLDERS[0]
    return FOLDERS[1] if query else FOLDERS[2]


def image_name(image: ImageId) -> str:
    """``0001_c1s1_000151_01.jpg``; ``0000`` for distractors."""
    where = f"c{image.camera_id}s{image.place}"
    return f"{image.label_id:04d}_{where}_{image.number:06d}_01.jpg"
