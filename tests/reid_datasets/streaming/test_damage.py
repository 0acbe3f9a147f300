"""Damaged shards end an epoch by name, or are left out aloud."""

from __future__ import annotations

import io
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from reid_datasets.errors import DatasetError
from reid_datasets.streaming.clips import Drawn, StreamedClipDataset
from reid_datasets.streaming.sampler import StreamedPKSampler
from reid_datasets.streaming.source import open_stream

from tests.reid_datasets.streaming.small import TRANSFORM, K, P, sampler_of


def _repack(shard: Path, change: dict[str, bytes | None]) -> None:
    """Rewrites a shard with the members of some suffixes changed in its first sample, or left
    out."""
    with tarfile.open(shard) as tar:
        members = [(m.name, tar.extractfile(m).read()) for m in tar]  # type: ignore[union-attr]
    first = members[0][0].partition(".")[0]
    with tarfile.open(shard, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in members:
            stem, _, suffix = name.partition(".")
            new = change.get(suffix, content) if stem == first else content
            if new is not None:
                member = tarfile.TarInfo(name)
                member.size = len(new)
                tar.addfile(member, io.BytesIO(new))


def _change(shard: Path, what: str) -> None:
    content = shard.read_bytes()
    if what == "cut short":
        shard.write_bytes(content[: len(content) // 2])
    elif what == "cut at a sample":
        with tarfile.open(shard) as tar:
            last = [member for member in tar if member.name.endswith(".json")][-1]
        shard.write_bytes(content[: last.offset])
    elif what == "empty":
        shard.write_bytes(b"")
    elif what == "missing":
        shard.unlink()
    elif what == "no tar":
        shard.write_bytes(b"x" * 4096)
    elif what == "flipped":
        shard.write_bytes(content[:130] + b"7" + content[131:])
    elif what == "another's":
        shard.write_bytes(shard.with_name("train-000003.tar").read_bytes())
    elif what == "damaged labels":
        _repack(shard, {"json": b'{"label_id": '})
    elif what == "no labels":
        _repack(shard, {"json": None})
    elif what == "other labels":
        _repack(shard, {"json": b'{"label_id": 7, "camera_id": 1}'})
    elif what == "an image missing":
        _repack(shard, {"002.jpg": None})
    elif what == "a link":
        with tarfile.open(shard, "w", format=tarfile.USTAR_FORMAT) as tar:
            member = tarfile.TarInfo("../../outside")
            member.type, member.linkname = tarfile.SYMTYPE, "/etc"
            tar.addfile(member)


DAMAGE = {
    "cut short": "cut short",
    "cut at a sample": "cut short",
    "empty": "found an empty file",
    "missing": r"found no train-000000\.tar \(1 are missing\)",
    "no tar": "Expected a tar header at byte 0",
    "flipped": "Expected a tar header at byte 0",
    "another's": r"Expected only tracklets of tracklets\.parquet",
    "damaged labels": r"Expected labels as JSON in 0001C.T0001\.json.*cannot be read",
    "no labels": "found only images",
    "other labels": r"Expected label_id 1 of 0001C.T0001.*found 7",
    "an image missing": r"Expected 3 images 0001C.T0001\.001\.jpg.*found 2 \(001\.jpg, 003\.jpg\)",
    "a link": "another program packed the shard",
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_ends_the_epoch_or_is_left_out(
    own: Path, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    _change(own / "shards/train-000000.tar", what)
    source = open_stream(own)
    with pytest.raises(DatasetError, match=DAMAGE[what]):
        list(sampler_of(source))
    sampler = StreamedPKSampler(source, P, K, seed=0, buffer=40, unreadable="skip", batches=16)
    batches = list(sampler)
    assert len(batches) == 16
    assert "Left out: Expected" in caplog.text
    people = source.labels["identity"]
    times = Counter(int(people[d.position % 32]) for batch in batches for d in batch[::K])
    assert set(times.values()) == {6}, "the others and the damaged are drawn equally often"
    data = StreamedClipDataset(len(source), 2, TRANSFORM, 0)
    assert all(data[drawn][0].shape == (2, 3, 16, 8) for batch in batches for drawn in batch)


def test_a_tracklet_twice_is_refused(own: Path) -> None:
    shard = own / "shards/train-000000.tar"
    content = shard.read_bytes()
    end = 2 * 512  # the shard's blocks of zeros are filled up to 10,240 bytes: cut before them
    with tarfile.open(shard) as tar:
        last = list(tar)[-1]
    end = last.offset_data + -(-last.size // 512) * 512
    shard.write_bytes(content[:end] + content)
    with pytest.raises(DatasetError, match="and each once"):
        list(open_stream(own).read(0))


def test_people_of_whom_nothing_is_left_are_replaced_by_others(
    own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (0, 1):  # all shots of four of the eight people
        (own / f"shards/train-00000{number}.tar").unlink()
    source = open_stream(own)
    options = {"seed": 0, "buffer": 40, "batches": 8}
    sampler = StreamedPKSampler(source, P, K, unreadable="skip", **options)  # type: ignore[arg-type]
    people = [
        int(source.labels["identity"][drawn.position % 32])
        for batch in sampler
        for drawn in batch[::K]
    ]
    assert len(people) == 8 * P
    assert set(people) == {5, 6, 7, 8}
    sampler = StreamedPKSampler(source, 5, K, unreadable="skip", **options)  # type: ignore[arg-type]
    with pytest.raises(DatasetError, match="only 4 could be read"):
        list(sampler)


def test_a_shard_outside_the_set_is_refused(own: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pq.read_table(own / "tracklets.parquet").to_pylist()
    rows[0]["path"] = "../elsewhere.tar"
    pq.write_table(pa.Table.from_pylist(rows), own / "tracklets.parquet")
    with pytest.raises(DatasetError, match=r"found '\.\./elsewhere\.tar'"):
        open_stream(own)


def test_a_damaged_image_is_left_out_of_its_clip(own: Path) -> None:
    source = open_stream(own)
    index, frames = next(source.read(0))
    assert frames is not None
    offset, size = frames.places[0]
    content = bytearray(frames.shard.read_bytes())
    content[offset : offset + size] = bytes(size)
    frames.shard.write_bytes(content)
    drawn = Drawn(index, frames)
    with pytest.raises(DatasetError, match=f"image at byte {offset}"):
        StreamedClipDataset(len(source), 3, TRANSFORM, 0)[drawn]
    clip, found = StreamedClipDataset(len(source), 3, TRANSFORM, 0, unreadable="skip")[drawn]
    assert (clip.shape, found) == ((3, 3, 16, 8), index)
