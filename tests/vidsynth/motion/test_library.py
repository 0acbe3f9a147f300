import json
import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from tests.vidsynth.motion.made_up_bvh import walk
from vidsynth.cli import app
from vidsynth.config import BoxConfig, MotionConfig, TrackletConfig
from vidsynth.errors import MotionError, OutputError
from vidsynth.geometry.polylines import points_at
from vidsynth.motion.library import bvh_files, check_files
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.job import render

PAINTED = "tests.vidsynth.painted_renderer:PaintedRenderer"


@pytest.fixture
def folder(tmp_path):
    """Three walks of different pace."""
    root = tmp_path / "motions"
    root.mkdir()
    for name, seconds in (("b.bvh", 1.1), ("a.bvh", 1.0), ("C.BVH", 1.3)):
        (root / name).write_text(walk(2.0, 40.0, seconds))
    (root / "notes.txt").write_text("no motion")
    return root


def configure(folder, share=1.0, **others):
    motion = MotionConfig(bvh_directory=folder, bvh_share=share)
    return TrackletConfig(
        **{"identities": 30, "frames": 4, "boxes": BoxConfig(min_frames=2), **others}, motion=motion
    )


def motions(plan):
    return [plan.population.person(i).motion for i in plan.population.person_ids]


def test_everyone_gets_a_file_and_always_the_same(folder):
    plan = TrackletPlan(configure(folder))
    assert bvh_files(folder) == ("C.BVH", "a.bvh", "b.bvh")
    given = motions(plan)
    assert set(given) == {"C.BVH", "a.bvh", "b.bvh"}
    assert motions(TrackletPlan(plan.config)) == given
    assert motions(TrackletPlan(plan.config.model_copy(update={"seed": 1}))) != given


def test_people_are_otherwise_who_they_were(folder):
    plan, plain = TrackletPlan(configure(folder)), TrackletPlan(TrackletConfig(identities=30))
    for i in range(1, 31):
        person, other = plan.population.person(i), plain.population.person(i)
        gait = replace(person.gait, speed=other.gait.speed)
        assert replace(person, motion="", gait=gait) == other
        assert 0.7 < person.gait.speed < 1.4


def test_a_share_leaves_the_others_their_gait_and_changes_nobodys_file(folder):
    everyone, some = (motions(TrackletPlan(configure(folder, share))) for share in (1.0, 0.5))
    assert all(mine in ("", all_) for mine, all_ in zip(some, everyone, strict=True))
    assert 5 < Counter(some)[""] < 25
    assert set(motions(TrackletPlan(configure(folder, 0.0)))) == {""}


def test_shots_know_where_the_files_are_and_paths_go_at_the_files_pace(folder):
    plan = TrackletPlan(configure(folder, fps=8.0))
    shot = plan.shot(0)
    assert shot.motions == folder
    for walker in shot.walkers:
        assert walker.person == plan.population.person(walker.person.person_id)
        covered = walker.start + walker.person.gait.speed * np.array([0, 3]) / 8
        length = np.hypot(*np.diff(np.array(walker.path), axis=0).T).sum()
        assert covered[-1] < length
        assert np.isfinite(points_at(np.array(walker.path), covered)).all()
    assert TrackletPlan(TrackletConfig(identities=30)).shot(0).motions is None


def test_every_broken_file_is_named(folder):
    check_files(folder)
    (folder / "a.bvh").write_text(walk(1.0)[:900])
    (folder / "d.bvh").write_text(walk(1.0).replace("LeftLeg", "Spring"))
    with pytest.raises(MotionError, match="2 of 4 BVH files cannot be played") as error:
        check_files(folder)
    assert "a.bvh, line" in str(error.value) or "a.bvh: expected" in str(error.value)
    assert "expected the joints LeftLeg" in str(error.value)


def test_folders_without_motion_are_refused(tmp_path):
    with pytest.raises(MotionError, match=r"motion\.bvh_directory=.*absent, found: No such file"):
        TrackletPlan(configure(tmp_path / "absent")).check()
    with pytest.raises(MotionError, match=r"BVH files \(\.bvh\) .* none among 0 files"):
        TrackletPlan(configure(tmp_path)).check()


def test_a_broken_file_stops_a_run_before_it_writes(folder, tmp_path):
    (folder / "b.bvh").write_text(walk(1.0).replace(" 0.000000", " nan", 1))
    output = tmp_path / "set"
    with pytest.raises(MotionError, match=r"b\.bvh, line \d+: expected a finite number"):
        render(configure(folder), output, 1, progress=False, renderer=PAINTED)
    assert not output.exists()
    words = ["render-tracklets", f"motion.bvh_directory={folder}", "--output", str(output)]
    for more in ([], ["--dry-run"]):
        result = CliRunner().invoke(app, words + more)
        assert result.exit_code == 2
        assert "b.bvh, line" in result.output
    assert not output.exists()


def test_labels_say_who_moves_by_which_file(folder, tmp_path):
    config = configure(folder, 0.5, identities=6, test_share=0.5, cameras=4, people_per_shot=2)
    output = tmp_path / "set"
    render(config, output, 1, progress=False, renderer=PAINTED)
    plan = TrackletPlan(config)
    rows = pq.read_table(output / "persons.parquet").to_pylist()
    assert [row["motion"] for row in rows] == motions(plan)
    for row in rows:
        assert row["gait_speed"] == plan.population.person(row["person_id"]).gait.speed
        assert math.isnan(row["gait_cadence"]) == bool(row["motion"])
    described = json.loads((output / "dataset.json").read_text())
    assert set(described["motions"]) == {"C.BVH", "a.bvh", "b.bvh"}
    (folder / "a.bvh").write_text(walk(2.0, 40.0, 1.2))
    with pytest.raises(OutputError, match=r"motion file a\.bvh is"):
        render(config, output, 1, progress=False, renderer=PAINTED)
