"""The earlier name of `reid_datasets.pictures`, for code written against it."""

from reid_datasets.pictures import decode_image, read_image

__all__ = ["decode_image", "read_image"]
