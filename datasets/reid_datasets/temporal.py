"""Which frames of a tracklet make a clip.

Training draws one clip (`restricted`, `strided`); testing cuts all of them (`all_frames`,
`chunks`) or takes evenly spread frames (`restricted` without a generator).
"""

from __future__ import annotations

import numpy as np
import torch


def restricted(n: int, length: int, generator: torch.Generator | None = None) -> list[int]:
    """One frame out of each of ``length`` equal blocks of ``n`` frames, in time order.

    Random within its block for training, the block's first frame without a generator. A tracklet
    shorter than the clip repeats frames evenly. Wang et al., Temporal Segment Networks, ECCV 2016.
    """
    begins = [i * n // length for i in range(length)]
    if generator is None:
        return begins
    draws = torch.rand(length, generator=generator).tolist()
    return [
        begin + int(draw * max((i + 1) * n // length - begin, 1))
        for i, (begin, draw) in enumerate(zip(begins, draws, strict=True))
    ]


def all_frames(n: int, length: int) -> np.ndarray:
    """Strided clips that together hold all ``n`` frames, int64 ``(ceil(n/length), length)``.

    Clip j of k has frames j, j+k, j+2k, ... Each frame appears once, except that the first frames
    appear again when ``n`` is no multiple of ``length``. As SINet tests (Bai et al., CVPR 2022).
    """
    clips = -(-n // length)
    frames = np.sort(np.arange(clips * length) % n)
    return frames.reshape(length, clips).T


def chunks(n: int, length: int) -> list[np.ndarray]:
    """Consecutive clips that together hold each of ``n`` frames once, int64 ``(length,)`` each.

    The last one is as short as what is left. As AP3D tests (Gu et al., ECCV 2020), with ``length``
    32: a tracklet's feature is the mean over its frames, so that a short clip counts by its frames.
    """
    return [np.arange(start, min(start + length, n)) for start in range(0, n, length)]


def strided(n: int, length: int, generator: torch.Generator, *, stride: int) -> list[int]:
    """``length`` frames, ``stride`` apart, from a random beginning, in time order.

    A tracklet of ``n`` frames too short for that is walked with the largest stride that fits; one
    shorter than the clip starts over until the clip is full. As AP3D trains (Gu et al., ECCV 2020),
    with 4 frames 8 apart.
    """
    if n < length:
        return [i % n for i in range(length)]
    step = min(stride, (n - 1) // (length - 1)) if length > 1 else 1
    last = n - 1 - (length - 1) * step
    begin = int(torch.randint(last + 1, (), generator=generator))
    return [begin + i * step for i in range(length)]


def dense(n: int, length: int) -> list[range]:
    """A tracklet of ``n`` frames cut into tracklets of ``length``, for training on each as often.

    The last one holds what is left over as well, so that none is short: CAL's dense sampling (Gu et
    al., CVPR 2022), with 64 frames.
    """
    pieces = max(n // length, 1)
    return [range(i * length, n if i == pieces - 1 else (i + 1) * length) for i in range(pieces)]
