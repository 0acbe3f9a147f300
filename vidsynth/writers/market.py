"""The Market-1501 layout: ``bounding_box_train/0001_c1s1_000151_01.jpg``, and no lists.

Query and gallery are folders, too: an image is in one of them, as in Market-1501 itself. ``s`` is
the place an image was taken at: the site's number, or the one after all sites for photographs.
"""

from __future__ import annotations

FOLDERS = ("bounding_box_train", "query", "bounding_box_test")


def folder(split: str, query: bool) -> str:
    """Where an image of that split (train, test or distractor) lies."""
    if split == "train":
        return FOLDERS[0]
    return FOLDERS[1] if query else FOLDERS[2]


def image_name(label_id: int, camera_id: int, place: int, number: int, box: int = 1) -> str:
    """``0001_c1s1_000151_01.jpg``; ``label_id`` 0 for distractors, ``box`` tells apart those of
    equal numbers."""
    return f"{label_id:04d}_c{camera_id}s{place}_{number:06d}_{box:02d}.jpg"
