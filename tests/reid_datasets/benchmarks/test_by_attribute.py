"""A benchmark of the people with some attribute alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from reid_datasets.benchmarks import by_attribute, default_root, find, load, parse
from reid_datasets.benchmarks.by_attribute import Wanted
from reid_datasets.check import check
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet
from scipy.io import savemat

from tests.mars_tree import write_mars_tree

BLACK = "market1501+upper=black"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four people and a distractor under two cameras; 2 and 7 train, 1 and 5 are tested."""
    root = tmp_path_factory.mktemp("attributes") / "market"
    for folder, people in (
        ("bounding_box_train", (2, 7)),
        ("query", (1, 5)),
        ("bounding_box_test", (0, 1, 5)),
    ):
        (root / folder).mkdir(parents=True)
        for person in people:
            for camera in (1, 2):
                picture = Image.new("RGB", (8, 16), (40 * person, 10 * camera, 0))
                picture.save(root / folder / f"{person:04d}_c{camera}s1_000451_03.jpg")
    halves = {
        "train": {
            "upblack": [2, 1],
            "upred": [1, 2],
            "up": [1, 2],
            "gender": [1, 2],
            "down": [1, 1],
        },
        "test": {
            "upblack": [1, 2],
            "upred": [2, 1],
            "up": [1, 1],
            "gender": [2, 2],
            "down": [1, 2],
        },
    }
    people = {"train": ["0002", "0007"], "test": ["0001", "0005"]}
    table = {
        half: {key: np.array(values) for key, values in columns.items()}
        | {"image_index": np.array(people[half], object)}
        for half, columns in halves.items()
    }
    savemat(root / "market_attribute.mat", {"market_attribute": table})
    return root


def people(tracklets: Iterable[Tracklet]) -> set[int]:
    return {tracklet.person_id for tracklet in tracklets}


def parts(split: Split) -> tuple[set[int], set[int], set[int]]:
    return people(split.train), people(split.query), people(split.gallery)


def test_people_with_the_attribute_stay_in_all_parts(root: Path) -> None:
    assert parts(load("market1501", root)) == ({2, 7}, {1, 5}, {0, 1, 5})
    assert parts(load(BLACK, root)) == ({2}, {5}, {5})  # nobody says what distractors wear
    assert parts(load("market1501+gender=female", root)) == ({7}, {1, 5}, {1, 5})
    assert parts(load("market1501+up=long sleeve", root)) == ({2}, {1, 5}, {1, 5})
    assert parts(load("market1501+gender=female+upper=red", root)) == ({7}, {1}, {1})


def test_it_goes_with_another_gamma(root: Path) -> None:
    (tracklet, _) = load(f"{BLACK}+gamma2-2+seed3", root).query
    (plain, _) = load(BLACK, root).query
    assert tracklet.person_id == 5
    before, (after,) = plain.frames.read([0])[0].numpy(), tracklet.frames.read([0])
    assert np.abs(after.numpy() - 255 * (before / 255.0) ** 2).max() <= 0.5
    assert find(f"{BLACK}+gamma0.5-2").title == "Market-1501, upper black, gamma 0.5 to 2"
    assert parse(f"{BLACK}+gamma0.5-2") == ("market1501", None)
    assert default_root(BLACK) == default_root("market1501")


def test_its_counts_are_nobodys_published_ones(root: Path) -> None:
    assert find(BLACK).published is None
    assert find("market1501").published is not None
    report = check(BLACK, root, files=True)
    assert report.complete
    assert report.splits[0].counts["query"].identities == 1
    assert report.files_checked == 2 + 2 + 2


def test_of_a_rendered_set_outfits_are_chosen(tmp_path: Path) -> None:
    root = write_mars_tree(tmp_path / "rendered", train_people=2, test_people=1, junk=0)
    table = {
        "clothes_id": [10, 11, 20],
        "attribute_upper_colour": ["black", "red", "black"],
        "attribute_hat": ["yes", "no", "no"],
    }
    pq.write_table(pa.table(table), root / "persons.parquet")
    frames = ImageFiles(root, ("a.jpg",))
    split = Split(tuple(Tracklet(frames, 1, 1, outfit) for outfit in (10, 11, 20)), (), ())

    def worn(*wanted: Wanted) -> list[int | None]:
        found = by_attribute.chosen(split, "synthetic", root, wanted)
        return [tracklet.clothes_id for tracklet in found.train]

    assert worn(Wanted("upper", "black")) == [10, 20]
    assert worn(Wanted("upper", "black"), Wanted("hat", "no")) == [20]
    (root / "persons.parquet").unlink()
    with pytest.raises(DatasetError, match=r"Expected persons\.parquet with clothes_id"):
        worn(Wanted("hat", "no"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("market1501+uper=black", r"an attribute of market1501 among .*Did you mean upper\?"),
        ("market1501+upper=blak", r"a value of upper .* among black, red, .*Did you mean black\?"),
        ("market1501+upper=", "attribute and its value behind the plus, such as"),
        ("market1501+upper=black+gender=male+up=short sleeve", "found none among 4"),
        ("mars+upper=black", r"a benchmark whose people are described .* found mars"),
        ("market1501+upper=black+gama2", "such as market1501"),
    ],
)
def test_what_cannot_be_chosen_is_refused(root: Path, name: str, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        load(name, root)


def test_the_annotations_have_to_be_there(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "bare")
    (tmp_path / "bare/market_attribute.mat").unlink()
    with pytest.raises(DatasetError, match=r"market_attribute\.mat in .*vana77/Market-1501_Attr"):
        load(BLACK, tmp_path / "bare")


def test_people_in_black_by_the_published_annotations(shared: Path, tmp_path: Path) -> None:
    """UnrealPerson's Market-black has 41 people in 174 queries, Duke-black 145 in 436."""
    lists = shared / "data/benchmark-lists"
    shutil.copy(lists / "market1501/market_attribute.mat", tmp_path)

    def named(file: str) -> tuple[Tracklet, ...]:
        names = [line.split()[0] for line in (lists / "market1501" / file).open()]
        found = [(name, int(name.split("_")[0])) for name in names]
        return tuple(Tracklet(ImageFiles(tmp_path, (name,)), who, 1) for name, who in found)

    split = Split((), named("tfusion_probe.txt"), named("tfusion_gallery.txt"))
    black = by_attribute.chosen(
        split, "market1501", tmp_path, [Wanted("upper", "black"), Wanted("lower", "black")]
    )
    assert (len(people(black.query)), len(black.query), len(black.gallery)) == (49, 212, 807)
    above = by_attribute.chosen(split, "market1501", tmp_path, [Wanted("upper", "black")])
    assert (len(people(above.query)), len(above.query), len(above.gallery)) == (109, 479, 1_759)
