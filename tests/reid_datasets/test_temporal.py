"""Which frames make a clip."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from reid_datasets.temporal import all_frames, chunks, dense, restricted, strided

counts = st.integers(1, 200)
lengths = st.integers(1, 16)


@given(counts, lengths, st.integers(0, 2**32))
def test_restricted_takes_one_frame_of_each_block(n: int, length: int, seed: int) -> None:
    chosen = restricted(n, length, torch.Generator().manual_seed(seed))
    begins = restricted(n, length)
    assert len(chosen) == length
    assert chosen == sorted(chosen)
    for i, (frame, begin) in enumerate(zip(chosen, begins, strict=True)):
        assert begin == i * n // length
        assert begin <= frame < max((i + 1) * n // length, begin + 1) <= n


def test_restricted_reaches_every_frame() -> None:
    generator = torch.Generator().manual_seed(0)
    seen = {frame for _ in range(300) for frame in restricted(11, 4, generator)}
    assert seen == set(range(11))


@given(counts, lengths)
def test_all_frames_covers_every_frame_once(n: int, length: int) -> None:
    clips = all_frames(n, length)
    assert clips.shape == (-(-n // length), length)
    uses = np.bincount(clips.ravel(), minlength=n)
    assert uses.min() >= 1
    assert uses.sum() - n < length
    assert n % length or uses.max() == 1
    assert (np.diff(clips, axis=1) >= 0).all()


def test_all_frames_strides_over_the_tracklet() -> None:
    assert all_frames(8, 4).tolist() == [[0, 2, 4, 6], [1, 3, 5, 7]]


@given(counts, lengths)
def test_chunks_hold_every_frame_once_in_order(n: int, length: int) -> None:
    clips = chunks(n, length)
    assert np.concatenate(clips).tolist() == list(range(n))
    assert {len(clip) for clip in clips[:-1]} <= {length}
    assert 1 <= len(clips[-1]) <= length


def test_the_last_chunk_is_short() -> None:
    assert [clip.tolist() for clip in chunks(10, 4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert [clip.tolist() for clip in chunks(2, 4)] == [[0, 1]]


@given(counts, lengths, st.integers(1, 12), st.integers(0, 2**32))
def test_strided_frames_are_evenly_apart(n: int, length: int, stride: int, seed: int) -> None:
    frames = strided(n, length, torch.Generator().manual_seed(seed), stride=stride)
    assert len(frames) == length
    assert all(0 <= frame < n for frame in frames)
    if n < length:
        assert frames == [i % n for i in range(length)]
    elif length > 1:
        (step,) = set(np.diff(frames).tolist())
        assert step == min(stride, (n - 1) // (length - 1))


def test_strided_clips_begin_anywhere() -> None:
    begins = {
        strided(20, 3, torch.Generator().manual_seed(seed), stride=4)[0] for seed in range(200)
    }
    assert begins == set(range(12))


@given(counts, lengths)
def test_dense_pieces_join_to_the_whole(n: int, length: int) -> None:
    pieces = dense(n, length)
    assert [frame for piece in pieces for frame in piece] == list(range(n))
    assert all(len(piece) >= min(n, length) for piece in pieces)
    assert all(len(piece) < 2 * length for piece in pieces)
