"""A benchmark in another gamma is the same benchmark, darker and brighter."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from reid_datasets.benchmarks import default_root, find, load, parse
from reid_datasets.benchmarks.gamma import AtGamma, Gamma
from reid_datasets.check import check
from reid_datasets.errors import DatasetError

from tests.mars_tree import write_mars_tree
from tests.reid_datasets.benchmarks.test_video_benchmarks import put

G2 = "mars+gamma0.5-2.0"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mars_tree(tmp_path_factory.mktemp("gamma") / "mars")


def test_every_image_has_a_gamma_of_its_own_on_srgb_values(root: Path) -> None:
    plain, changed = load("mars", root), load(G2, root)
    exponents = []
    for part in ("train", "query", "gallery"):
        before, after = getattr(plain, part), getattr(changed, part)
        assert [(t.person_id, t.camera_id) for t in after] == [
            (t.person_id, t.camera_id) for t in before
        ]
        for one, other in zip(before, after, strict=True):
            assert isinstance(other.frames, AtGamma)
            order = list(reversed(range(len(one.frames))))
            exponents += [other.frames.exponent(index) for index in order]
            for index, was, now in zip(
                order, one.frames.read(order), other.frames.read(order, (8, 8)), strict=True
            ):
                wanted = 255 * (was.numpy() / 255.0) ** other.frames.exponent(index)
                assert np.abs(now.numpy() - wanted).max() <= 0.5
    found = np.array(exponents)
    assert len(set(exponents)) > 100
    assert 0.5 <= found.min() < 0.6 < 1.9 < found.max() <= 2.0
    assert found.mean() == pytest.approx(1.25, abs=0.1)


def test_gammas_depend_on_seed_and_name_and_not_on_the_place(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "elsewhere")

    def first(name: str, place: Path) -> float:
        frames = load(name, place).query[0].frames
        assert isinstance(frames, AtGamma)
        return frames.exponent(0)

    assert first(G2, root) == first(G2, tmp_path / "elsewhere")
    assert first(G2, root) != first(f"{G2}+seed1", root)
    narrow = first("mars+gamma0.5-1.5", root)
    assert (narrow - 0.5) * 1.5 == pytest.approx(first(G2, root) - 0.5)


def test_the_archives_folder_and_the_one_above_it_have_the_same_gammas(tmp_path: Path) -> None:
    inner = tmp_path / "Market-1501-v15.09.15"
    for folder in ("bounding_box_train", "query", "bounding_box_test"):
        put(inner / folder, "0002_c1s1_000451_03.jpg", "0002_c2s1_000451_03.jpg")
    above, inside = (
        [t.frames.exponent(0) for t in load("market1501+gamma0.5-2.0", place).gallery]
        for place in (tmp_path, inner)
    )
    assert above == inside
    assert len(set(above)) == 2


def test_an_image_in_query_and_gallery_is_one_image(root: Path) -> None:
    split = load(G2, root)
    assert {t.frames for t in split.query} <= {t.frames for t in split.gallery}
    again = pickle.loads(pickle.dumps(split.query[0].frames))
    assert again == split.query[0].frames
    exponent = f"(gamma {again.exponent(0):.3f})"
    assert split.query[0].frames.name(0).endswith(exponent)


def test_a_name_says_benchmark_split_and_gamma() -> None:
    assert parse("prid2011:3+gamma0.5-1.5") == ("prid2011", 3)
    assert find("market1501+gamma0.5-1.5").title == "Market-1501, gamma 0.5 to 1.5"
    assert find("grid+gamma1-2+seed7").splits == 10
    assert "seed 7" in find("grid+gamma1-2+seed7").title
    assert default_root("market1501+gamma0.5-2") == default_root("market1501")
    assert Gamma(1, 1).of("anything") == 1


@pytest.mark.parametrize("variant", ["gamma", "gamma2-1", "gamma0-1", "gama0.5-2", "gamma0.5-200"])
def test_a_range_that_is_none_is_refused(variant: str) -> None:
    with pytest.raises(DatasetError, match="such as market1501"):
        find(f"mars+{variant}")


def test_a_check_is_of_the_files(root: Path) -> None:
    report = check(G2, root, files=True)
    assert report.complete
    assert report.counts == check("mars", root).counts
