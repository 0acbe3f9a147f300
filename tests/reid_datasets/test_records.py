from __future__ import annotations

from pathlib import Path

import pytest
from reid_datasets.frames import FrameRange, ImageFiles, first_frame
from reid_datasets.records import Split, Tracklet, UnlabelledTracklet


def tracklet(name: str, person: int) -> Tracklet:
    return Tracklet(
        ImageFiles(Path("data") / name, ("1.jpg", "2.jpg")),
        person,
        1,
        labels=(("time", 5), ("bag", 1)),
    )


def test_a_part_has_every_tracklet_once_and_no_identities() -> None:
    a, b, c, d = (tracklet(name, number) for number, name in enumerate("abcd", 1))
    unknown = UnlabelledTracklet(ImageFiles(Path("data/e"), ("1.jpg",)), 2)
    split = Split((a, b), (c,), (d, c, b), (unknown,))
    parts = {part: split.without_labels(part) for part in ("train", "test", "all")}  # type: ignore[arg-type]
    names = {part: [t.frames.name(0).split("/")[1] for t in found] for part, found in parts.items()}
    assert names == {
        "train": ["a", "b", "e"], "test": ["c", "d", "b"], "all": ["a", "b", "e", "c", "d"],
    }  # fmt: skip
    assert all(isinstance(t, UnlabelledTracklet) for found in parts.values() for t in found)
    assert parts["train"][0].labels == (("time", 5),)


@pytest.mark.parametrize(("root", "name"), [("data", "a/2.jpg"), ("other", "data/a/2.jpg")])
def test_a_tracklet_goes_by_its_first_frame_within_the_data(root: str, name: str) -> None:
    files = ImageFiles(Path("data/a"), ("1.jpg", "2.jpg"))
    assert first_frame(FrameRange(files, 1, 2), Path(root)) == name


def test_a_name_that_is_no_text_is_escaped() -> None:
    files = ImageFiles(Path("data/caf\udce9"), ("1.jpg",))
    assert first_frame(files, Path("data")) == "caf\\udce9/1.jpg"
