"""The lists of a set, out of markers that are read one at a time."""

import shutil

import pyarrow.parquet as pq
import pytest

from tests.vidsynth.run.test_local import CONFIG
from vidsynth.errors import OutputError
from vidsynth.run.markers import Markers
from vidsynth.run.production import produce
from vidsynth.settings import fingerprint


def test_tracklets_are_in_order_of_name_and_tell_their_queries(finished):
    rows = pq.read_table(finished[0] / "tracklets.parquet").to_pylist()
    names = [row["tracklet"] for row in rows]
    assert names == sorted(names)
    asked = [row for row in rows if row["query"]]
    assert {row["label_id"] for row in asked} == {4, 5, 6}
    assert len({(row["label_id"], row["camera_id"]) for row in asked}) == len(asked)
    assert all(isinstance(row["query"], bool) for row in rows)


def test_a_shot_that_goes_while_it_is_gathered_is_named(finished, tmp_path):
    root = shutil.copytree(finished[0], tmp_path / "set")
    production = produce(CONFIG)
    markers = Markers(root, range(production.shots), [fingerprint(CONFIG)])
    assert [marker["shot"] for marker in markers] == list(range(production.shots))
    assert [marker["shot"] for marker in markers[1:]] == list(range(1, production.shots))
    (root / "shots/000002.json").unlink()
    with pytest.raises(OutputError, match="Expected shot 2 in"):
        production.gather(root, markers)
