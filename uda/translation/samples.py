"""Sample grids: what the generators make of the same few pictures, as training goes on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, ImageDraw
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_datasets.transforms import TestTransform

from uda.translation.methods.cyclegan import CycleGan
from uda.translation.pictures import as_batch, as_pixels
from uda.translation.settings import Settings

COLUMNS = ("source", "translated", "back", "target", "translated", "back")
_TITLE, _GAP = 14, 4
"""Pixels of the line above, and between source and target."""


class Samples:
    """The middle frames of some evenly spread tracklets of both domains.

    Raises DatasetError where one is damaged.
    """

    def __init__(
        self,
        source: Sequence[Tracklet | UnlabelledTracklet],
        target: Sequence[Tracklet | UnlabelledTracklet],
        settings: Settings,
    ) -> None:
        how, count = settings.pictures, settings.monitoring.samples
        transform = TestTransform(how.size, how.resize)
        self.source = transform(middle_frames(source, count, how.size))
        self.target = transform(middle_frames(target, count, how.size))

    @torch.no_grad()
    def grid(self, method: CycleGan, device: torch.device) -> Image.Image:
        """A row a picture: source, translated, and back; target, translated, and back."""
        columns: list[torch.Tensor] = []
        there, again = method.to_target, method.to_source
        for pixels, first, second in (
            (self.source, there, again),
            (self.target, again, there),
        ):
            pictures = as_batch(pixels, device).pictures
            translated = first(pictures)
            columns += [pixels, as_pixels(translated), as_pixels(second(translated))]
        return _drawn(columns)


def middle_frames(
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    count: int,
    size: tuple[int, int] | None = None,
) -> list[torch.Tensor]:
    """The middle frame, uint8 (3, H, W), of at most ``count`` evenly spread tracklets.

    ``size`` is what decoders must give at least; None is all of it.
    """
    chosen = np.linspace(0, len(tracklets) - 1, min(count, len(tracklets))).round().astype(int)
    frames = [tracklets[i].frames for i in chosen]
    return [each.read([len(each) // 2], size)[0][:3] for each in frames]


def _drawn(columns: Sequence[torch.Tensor]) -> Image.Image:
    height, width = columns[0].shape[2:]
    rows = max(len(column) for column in columns)
    sheet = Image.new("RGB", (len(columns) * width + _GAP, _TITLE + rows * height), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (title, column) in enumerate(zip(COLUMNS, columns, strict=True)):
        left = number * width + (_GAP if number >= 3 else 0)
        draw.text((left + 1, 1), title if width >= 60 else title[:6], fill="black")
        for row, picture in enumerate(column):
            sheet.paste(
                Image.fromarray(picture.permute(1, 2, 0).contiguous().numpy()),
                (left, _TITLE + row * height),
            )
    return sheet
