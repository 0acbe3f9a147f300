"""A set whose people change clothes, from the plan to a clothes-changing evaluation."""

import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError

from tests.vidsynth.run.test_local import CONFIG, painted, tree
from tests.vidsynth.shared_sets import made_once
from uda.evaluation.ranking import evaluate_features
from vidsynth.config import OutputConfig, PeopleConfig
from vidsynth.planning.tracklets import TrackletPlan

CHANGING = CONFIG.model_copy(
    update={"people": PeopleConfig(outfits=2, lookalike_share=1.0, lookalike_size=3)}
)


@pytest.fixture(scope="session")
def root(tmp_path_factory):
    return made_once(tmp_path_factory, "changing", lambda folder: painted(folder, CHANGING))[0]


def test_there_is_a_row_for_each_person_and_outfit(root):
    plan, rows = TrackletPlan(CHANGING), pq.read_table(root / "persons.parquet").to_pylist()
    assert [(r["person_id"], r["outfit_id"]) for r in rows] == [
        (i, o) for i in range(1, 8) for o in ((1, 2) if i < 7 else (1,))
    ]
    for row in rows:
        person = plan.population.person(row["person_id"], row["outfit_id"])
        assert row["upper_colour_name"] == person.upper.colour_name
        assert row["look_alike_group"] == {1: 1, 2: 1, 3: 1, 7: 7}.get(person.person_id, 4)
        alone = person.person_id in (1, 4, 7)
        assert (row["look_alike_regions"] == "") == alone
    assert len({row["clothes_id"] for row in rows}) == len(rows)


def test_tracklets_name_the_clothes_of_their_person(root):
    persons = pq.read_table(root / "persons.parquet").to_pylist()
    worn = {(row["person_id"], row["outfit_id"]): row["clothes_id"] for row in persons}
    tracklets = pq.read_table(root / "tracklets.parquet").to_pylist()
    for row in tracklets:
        assert row["clothes_id"] == worn[row["person_id"], row["outfit_id"]]
    assert {row["outfit_id"] for row in tracklets if row["split"] != "distractor"} == {1, 2}


@pytest.mark.parametrize("layout", ["mars", "mp4", "webdataset"])
def test_readers_say_what_people_wear(root, layout, tmp_path):
    if layout != "mars":
        painted(
            tmp_path, config=CHANGING.model_copy(update={"output": OutputConfig(format=layout)})
        )
    split = load("synthetic", root if layout == "mars" else tmp_path)
    table = pq.read_table(root / "tracklets.parquet").to_pylist()
    test = sorted((r for r in table if r["split"] != "train"), key=lambda r: r["tracklet"])
    assert [t.clothes_id for t in split.gallery] == [row["clothes_id"] for row in test]
    people = {t.clothes_id: t.person_id for t in split.gallery if t.person_id}
    assert len(people) == 6, "three test identities in two outfits"


@pytest.mark.parametrize("clothes", ["general", "same", "changed"])
def test_queries_can_be_ranked_under_each_setting_of_clothes(root, clothes):
    split = load("synthetic-cc", root)
    query, gallery = (
        np.eye(8)[[t.person_id for t in part]] for part in (split.query, split.gallery)
    )
    result = evaluate_features(
        query,
        gallery,
        [t.person_id for t in split.query],
        [t.person_id for t in split.gallery],
        [t.camera_id for t in split.query],
        [t.camera_id for t in split.gallery],
        query_clothes=[t.clothes_id for t in split.query],
        gallery_clothes=[t.clothes_id for t in split.gallery],
        clothes=clothes,
    )
    assert result.mean_ap == pytest.approx(1)
    assert len(result.per_query_ap) > 0.7 * len(split.query)


def test_a_stopped_run_ends_in_the_same_bytes(root, tmp_path):
    copy = shutil.copytree(root, tmp_path / "stopped")
    for number in (0, 2):
        (copy / f"shots/{number:06d}.json").unlink()
    (copy / "persons.parquet").unlink()
    painted(copy, CHANGING)
    assert tree(copy) == tree(root)


def test_a_set_without_changes_is_not_ranked_by_clothes(finished, tmp_path):
    shutil.copytree(finished[0], tmp_path, dirs_exist_ok=True)
    assert all(t.clothes_id == t.person_id for t in load("synthetic", tmp_path).query)
    with pytest.raises(
        DatasetError, match=r"found one of each\. Render a set with people\.outfits"
    ):
        load("synthetic-cc", tmp_path)
    (tmp_path / "tracklets.parquet").unlink()
    assert all(t.clothes_id is None for t in load("synthetic", tmp_path).query)
    with pytest.raises(DatasetError, match="found no clothes_id"):
        load("synthetic-cc", tmp_path)
