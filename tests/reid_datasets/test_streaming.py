"""Shards as a stream: the batches and pixels of random access, out of a bounded buffer."""

from __future__ import annotations

import io
import json
import tarfile
from collections import Counter
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pytest
import torch
import webdataset
from reid_datasets.benchmarks import load
from reid_datasets.benchmarks.synthetic import read
from reid_datasets.clips import ClipDataset
from reid_datasets.errors import DatasetError
from reid_datasets.samplers import PKSampler
from reid_datasets.shards import ShardFrames
from reid_datasets.streaming.address import stream_root
from reid_datasets.streaming.buffer import Buffer, Shape
from reid_datasets.streaming.clips import Drawn, StreamedClipDataset
from reid_datasets.streaming.sampler import StreamedPKSampler, shard_order
from reid_datasets.streaming.source import StreamedSource, open_stream
from reid_datasets.transforms import TrainTransform
from torch.utils.data import DataLoader

from tests.reid_datasets.shard_set import walks, write_shards
from vidsynth.config import TrackletConfig
from vidsynth.plan import Plan

TRANSFORM = TrainTransform((16, 8), pad=2)
P, K = 3, 4


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 people of four tracklets, in 12 shards of two cameras; not to be written to."""
    return write_shards(tmp_path_factory.mktemp("streamed") / "set", walks(24))


@pytest.fixture(scope="module")
def source(root: Path) -> StreamedSource:
    return open_stream(root)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A set to damage: eight people in four shards."""
    return write_shards(tmp_path / "own", walks(8))


def _sampler(source: StreamedSource, **options: int) -> StreamedPKSampler:
    return StreamedPKSampler(source, P, K, **{"seed": 0, "buffer": 40, **options})  # type: ignore[arg-type]


# The table


def test_tracklets_are_those_of_random_access_in_the_same_order(
    root: Path, source: StreamedSource
) -> None:
    train = load("synthetic", root).train
    assert len(source) == len(train) == 96
    assert source.labels["identity"].tolist() == [t.person_id for t in train]
    assert source.labels["camera"].tolist() == [t.camera_id for t in train]
    assert source.labels["clothes"].tolist() == [t.clothes_id for t in train]
    assert {column.dtype for column in source.labels.values()} == {np.dtype(np.int64)}
    assert source.labels["time"].min() == 3_600_125
    found = [pair for shard in range(12) for pair in source.read(shard)]
    assert {index: frames for index, frames in found} == {
        index: tracklet.frames for index, tracklet in enumerate(train)
    }
    assert source.names[0] == "0001C1T0001"


def test_the_tables_of_crops_and_held_out_people_are_not_read(own: Path) -> None:
    for file in (own / "crops").iterdir():
        file.unlink()
    (own / "shards/test-000000.tar").unlink()
    source = open_stream(own)
    assert set(source.labels["identity"]) == set(range(1, 9))
    assert len(list(_sampler(source))) == 3


def test_labels_that_nobody_has_are_no_columns(own: Path) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(own / "tracklets.parquet").drop_columns(["clothes_id", "start_time"])
    pq.write_table(table, own / "tracklets.parquet")
    assert set(open_stream(own).labels) == {"identity", "camera"}


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ('{"layout": "mars"}', r"layout webdataset.*found 'mars'.*--format webdataset"),
        ("{}", "found 'mars'"),
        ('{"layout": ', "Expected JSON"),
        (None, r"found no dataset\.json.*it continues"),
    ],
)
def test_what_cannot_be_streamed_says_why(
    tmp_path: Path, description: str | None, message: str
) -> None:
    if description is not None:
        (tmp_path / "dataset.json").write_text(description)
    with pytest.raises(DatasetError, match=message):
        open_stream(tmp_path)


def test_a_missing_set_says_how_to_render_one(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no directory.*--format webdataset"):
        open_stream(tmp_path / "none")


# Its name


def test_a_stream_is_named_by_its_folder() -> None:
    assert stream_root("synthetic") is None
    assert stream_root("prid2011:3") is None
    assert stream_root("webdataset://data/set") == Path("data/set")
    assert stream_root("webdataset:///data/set") == Path("/data/set")
    assert stream_root("webdataset://~/set") == Path.home() / "set"


@pytest.mark.parametrize(
    "name",
    ["s3://bucket/set", "https://host/set", "me@host/set", "host:8080/set", "pipe:cat x.tar"],
)
def test_other_hosts_are_refused(name: str) -> None:
    with pytest.raises(DatasetError, match="Expected a folder on this machine"):
        stream_root(f"webdataset://{name}")


@pytest.mark.parametrize("name", ["webdataset:", "webdataset://", "webdataset:data/set"])
def test_a_stream_without_a_folder_is_refused(name: str) -> None:
    with pytest.raises(DatasetError, match=r"Expected webdataset://PATH"):
        stream_root(name)


# Batches


def test_a_batch_holds_p_identities_k_times_each(source: StreamedSource) -> None:
    people = source.labels["identity"]
    batches = list(_sampler(source))
    assert len(batches) == len(_sampler(source)) == 8
    for batch in batches:
        rows = [[people[drawn.position % 96] for drawn in batch[i : i + K]] for i in (0, 4, 8)]
        assert all(len(set(row)) == 1 for row in rows)
        assert len({row[0] for row in rows}) == P
        assert len({drawn.position for drawn in batch}) == P * K


def _statistics(
    source: StreamedSource, epochs: list[list[list[int]]]
) -> tuple[Counter[int], Counter[tuple[int, int]], Counter[int]]:
    """How often each identity, and each under each camera, is drawn, and how many cameras a group
    of K tracklets has."""
    people, cameras = source.labels["identity"], source.labels["camera"]
    count = len(source)
    drawn = [[position % count for position in batch] for epoch in epochs for batch in epoch]
    groups = [batch[i : i + K] for batch in drawn for i in range(0, len(batch), K)]
    return (
        Counter(int(people[index]) for index in chain(*drawn)),
        Counter((int(people[index]), int(cameras[index])) for index in chain(*drawn)),
        Counter(len(set(cameras[group])) for group in groups),
    )


def _of_epochs(sampler: StreamedPKSampler | PKSampler, epochs: int) -> list[list[list[int]]]:
    found = []
    for epoch in range(epochs):
        sampler.set_epoch(epoch)
        found.append([[_position(drawn) for drawn in batch] for batch in sampler])
    return found


def _position(drawn: Drawn | int) -> int:
    return drawn.position if isinstance(drawn, Drawn) else drawn


@pytest.mark.parametrize("held", [24, 40, 96, 10_000])
def test_label_statistics_are_those_of_random_access(source: StreamedSource, held: int) -> None:
    options = {"seed": 0, "batches": 16}  # every identity twice
    labels = source.labels["identity"].tolist(), source.labels["camera"].tolist()
    indexed = _statistics(source, _of_epochs(PKSampler(*labels, P, K, **options), 3))
    streamed = _statistics(source, _of_epochs(_sampler(source, buffer=held, **options), 3))
    assert streamed == indexed
    assert set(streamed[0].values()) == {2 * K * 3}
    assert set(streamed[2]) == {4}


def test_identities_come_equally_often_however_many_tracklets_they_have(tmp_path: Path) -> None:
    uneven = [s for s in walks(16, cameras=3) if s[1] % 2 or s[2] in (1, 4)]
    source = open_stream(write_shards(tmp_path / "uneven", uneven))
    labels = source.labels["identity"].tolist(), source.labels["camera"].tolist()
    options = {"seed": 1, "batches": 16}
    streamed = _statistics(source, _of_epochs(_sampler(source, buffer=36, **options), 6))
    indexed = _statistics(source, _of_epochs(PKSampler(*labels, P, K, **options), 6))
    assert set(streamed[0].values()) == {3 * K * 6}  # PKSampler: as often within one pass
    assert streamed[2] == {2: 8 * 3 * 6, 4: 8 * 3 * 6}
    assert set(indexed[2]) == {2, 4}
    for person in range(1, 17):
        shares = [
            {key[1]: n / counts[0][person] for key, n in counts[1].items() if key[0] == person}
            for counts in (streamed, indexed)
        ]
        assert shares[0].keys() == shares[1].keys()
        assert all(abs(shares[0][key] - shares[1][key]) < 0.15 for key in shares[0])


def test_an_epoch_of_one_pass_shows_every_tracklet_once(source: StreamedSource) -> None:
    positions = [drawn.position for batch in _sampler(source) for drawn in batch]
    assert sorted(positions) == list(range(96))


def test_a_short_epoch_leaves_the_rest_of_the_shards_alone(
    source: StreamedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    original = StreamedSource.read
    monkeypatch.setattr(
        StreamedSource, "read", lambda self, n, how: opened.append(n) or original(self, n, how)
    )
    batches = list(_sampler(source, batches=2))
    assert len(batches) == 2
    assert len(opened) < 6


def test_repeated_tracklets_are_other_draws(own: Path) -> None:
    source = open_stream(own)
    sampler = StreamedPKSampler(source, 2, 6, seed=0, buffer=12, batches=8)
    positions = [drawn.position for batch in sampler for drawn in batch]
    assert len(set(positions)) == len(positions) == 96
    assert max(Counter(position % 32 for position in positions).values()) == 3


def test_without_spreading_an_identitys_cameras_are_drawn_at_random(tmp_path: Path) -> None:
    crowd = [(shot, person, camera) for shot in (0, 1) for person in (1, 2, 3)
             for camera in (1, 2)]  # fmt: skip
    source = open_stream(write_shards(tmp_path / "crowd", crowd))
    cameras = source.labels["camera"]
    for spread in (True, False):
        found = set()
        for seed in range(10):
            sampler = StreamedPKSampler(
                source, 2, 2, seed=seed, buffer=12, batches=3, spread_cameras=spread
            )
            for batch in sampler:
                pairs = [batch[:2], batch[2:]]
                found |= {len({cameras[d.position % 12] for d in pair}) for pair in pairs}
        assert found == ({2} if spread else {1, 2})


def test_epochs_differ_and_repeat_exactly(source: StreamedSource) -> None:
    sampler = _sampler(source)
    first = list(sampler)
    assert list(sampler) == first
    sampler.set_epoch(1)
    assert list(sampler) != first
    assert list(_sampler(source, seed=1)) != first


def test_ranks_share_out_one_sequence(source: StreamedSource) -> None:
    whole = list(_sampler(source, batches=8))
    first, second = (list(_sampler(source, batches=4, rank=rank, world_size=2)) for rank in (0, 1))
    assert first == whole[::2]
    assert second == whole[1::2]
    assert not set(chain(*first)) & set(chain(*second))


def test_from_every_step_on_an_epoch_is_the_unbroken_one(source: StreamedSource) -> None:
    sampler = _sampler(source, rank=1, world_size=2)
    sampler.set_epoch(3)
    unbroken = list(sampler)
    for step in range(len(unbroken) + 1):
        broken = _sampler(source, rank=1, world_size=2)
        broken.set_epoch(3)
        stream = iter(broken)
        assert list(islice(stream, step)) == unbroken[:step]
        resumed = _sampler(source, rank=1, world_size=2)
        resumed.load_state_dict(json.loads(json.dumps(broken.state_dict())))
        assert resumed.start == step
        assert len(resumed) == len(unbroken) - step
        assert list(resumed) == unbroken[step:]


def test_the_next_epoch_after_a_resumed_one_is_whole(source: StreamedSource) -> None:
    sampler = _sampler(source)
    sampler.load_state_dict({"epoch": 0, "drawn": 5})
    sampler.set_epoch(1)
    assert len(list(sampler)) == 8


def test_too_few_identities_or_too_small_a_buffer_is_said(source: StreamedSource) -> None:
    with pytest.raises(DatasetError, match=r"needs 25 different identities.*has 24"):
        StreamedPKSampler(source, 25, 2, seed=0)
    with pytest.raises(DatasetError, match=r"at least one batch, 3 x 4 tracklets, found 11"):
        _sampler(source, buffer=11)


# The buffer


@pytest.mark.parametrize("held", [12, 13, 20, 50, 500])
@pytest.mark.parametrize("sharing", ["families", "all shards"])
def test_the_buffer_never_holds_more_than_it_may(
    tmp_path: Path, held: int, sharing: str, caplog: pytest.LogCaptureFixture
) -> None:
    rng = np.random.default_rng(1)
    if sharing == "families":
        sights = walks(20, cameras=3, together=5)
    else:  # who meets whom is different in every shot
        sights = [
            (10 * r + shot, int(person) + 1, 3 * r + c + 1)
            for r in range(3)
            for shot, group in enumerate(rng.permutation(20).reshape(10, 2))
            for person in group
            for c in range(3)
        ]
    people = np.array([person for _, person, _ in sights]) - 1
    shots = np.array([shot for shot, _, _ in sights])
    cameras = np.array([camera for _, _, camera in sights])
    batches = 30
    order = chain.from_iterable(np.flatnonzero(shots == s) for s in shard_order(people, shots, rng))
    frames = ShardFrames(tmp_path, ())
    buffer = Buffer(
        ((int(index), frames) for index in order),
        people,
        cameras,
        np.ones(20, bool),
        Shape(P, K, P * batches, held),
    )
    times: Counter[int] = Counter()
    for left in range(batches, 0, -1):
        batch = buffer.draw(left, rng)
        assert buffer.size == sum(map(len, buffer.held.values())) <= held
        assert len(batch) == P * K
        drawn = {int(people[position % len(people)]) for position, _ in batch}
        assert len(drawn) == P
        times.update(drawn)
    assert sum(times.values()) == P * batches
    if held >= 50:  # two families and more, or all
        assert set(times.values()) == {4, 5}
    if held == 500:
        assert not buffer.early


def test_a_rendered_set_is_drawn_evenly_out_of_a_tenth_of_it(tmp_path: Path) -> None:
    """As vidsynth plans it: people walk from site to site in crowds that mix."""
    plan = Plan(TrackletConfig(identities=500, sightings=6, cameras=24, cameras_per_shot=3))
    rows = [
        (slot.index, person, camera)
        for slot in plan.slots
        for person in slot.person_ids
        if plan.split(person) == "train"
        for camera in slot.camera_ids
    ]
    shots, people, cameras = (np.unique(c, return_inverse=True)[1] for c in np.array(rows).T)
    rng = np.random.default_rng(0)
    order = chain.from_iterable(np.flatnonzero(shots == s) for s in shard_order(people, shots, rng))
    frames, count, batches = ShardFrames(tmp_path, ()), len(people), 420
    buffer = Buffer(
        ((int(index), frames) for index in order),
        people,
        cameras,
        np.ones(people.max() + 1, bool),
        Shape(4, 4, 4 * batches, count // 10),
    )
    drawn = [[p % count for p, _ in buffer.draw(batches - n, rng)] for n in range(batches)]
    times = Counter(int(people[index]) for batch in drawn for index in batch[::4])
    assert set(times.values()) == {4, 5}
    assert {len(set(cameras[b[i : i + 4]])) for b in drawn for i in range(0, 16, 4)} == {4}
    assert not buffer.early
    assert np.mean([len(set(shots[batch])) for batch in drawn]) > 10


def test_shards_that_share_identities_are_neighbours() -> None:
    sights = walks(12, together=2)
    people = np.array([person for _, person, _ in sights]) - 1
    shots = np.array([shot for shot, _, _ in sights])
    orders = [shard_order(people, shots, np.random.default_rng(seed)) for seed in range(5)]
    assert len({tuple(order) for order in orders}) == 5
    for order in orders:
        assert sorted(order) == list(range(12))
        assert all({a // 2} == {b // 2} for a, b in zip(order[::2], order[1::2], strict=True))


def test_an_overfull_buffer_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = open_stream(write_shards(tmp_path / "wide", walks(4, cameras=4, sightings=4)))
    sampler = StreamedPKSampler(source, 2, 4, seed=0, buffer=10)
    assert len(list(sampler)) == 8
    assert sampler.early
    assert "a buffer of more than 10 tracklets would spread cameras better" in caplog.text


# Clips


@pytest.mark.parametrize("workers", [0, 2])
def test_clips_are_those_of_random_access(source: StreamedSource, root: Path, workers: int) -> None:
    indexed = ClipDataset(read(root).train, 4, TRANSFORM, seed=5)
    streamed = StreamedClipDataset(len(source), 4, TRANSFORM, seed=5)
    sampler = _sampler(source, batches=10)
    loader = DataLoader(
        streamed, batch_sampler=sampler, num_workers=workers, persistent_workers=workers > 0
    )
    for epoch in (0, 1):
        for each in (indexed, streamed, sampler):
            each.set_epoch(epoch)  # type: ignore[attr-defined]
        for batch, (clips, indices) in zip(list(sampler), loader, strict=True):
            positions = [drawn.position for drawn in batch]
            assert indices.tolist() == [position % 96 for position in positions]
            assert (clips.shape, clips.dtype) == ((P * K, 4, 3, 16, 8), torch.uint8)
            assert torch.equal(clips, torch.stack([indexed._clip(i)[0] for i in positions]))


def test_the_webdataset_library_reads_the_same_samples(source: StreamedSource, root: Path) -> None:
    shards = [str(path) for path in source.shards]
    samples = list(webdataset.WebDataset(shards, shardshuffle=False))
    ours = {
        str(source.names[index]): frames
        for shard in range(len(shards))
        for index, frames in source.read(shard)
    }
    assert {sample["__key__"] for sample in samples} == ours.keys()
    for sample in samples:
        frames = ours[sample["__key__"]]
        assert frames is not None
        content = frames.shard.read_bytes()
        for number, (offset, size) in enumerate(frames.places, 1):
            assert content[offset : offset + size] == sample[f"{number:03d}.jpg"]


# Damage


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
        list(_sampler(source))
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
