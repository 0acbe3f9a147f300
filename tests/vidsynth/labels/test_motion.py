"""What labels say of how people go, against where they are from frame to frame."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.vidsynth.shared_sets import paint_here
from vidsynth.config import TrackletConfig
from vidsynth.settings import load_config

WORDS = (
    "identities=14", "test_share=0", "frames=8", "people_per_shot=7", "sightings=2", "cameras=2",
    "sites=[plaza]", "motion.group_share=0.9", "motion.run_share=0.15", "motion.stand_share=0.15",
    "camera.width=640", "camera.height=360", "camera.person_height=[65,130]",
    "boxes.min_height=10", "boxes.min_frames=4", "boxes.min_visibility=0",
)  # fmt: skip
CONFIG: TrackletConfig = load_config(None, WORDS)


def test_who_is_in_a_party_goes_at_its_pace(tmp_path: Path) -> None:
    paint_here(tmp_path, CONFIG)
    tracklets = pq.read_table(tmp_path / "tracklets.parquet").to_pylist()
    persons = {r["person_id"]: r for r in pq.read_table(tmp_path / "persons.parquet").to_pylist()}
    crops = pq.read_table(tmp_path / "crops").to_pylist()
    places = defaultdict(list)
    for crop in sorted(crops, key=lambda c: c["frame"]):
        places[crop["tracklet"]].append((crop["frame"], *crop["keypoints_3d"][0][:2]))
    parties = defaultdict(set)
    off, seen = [], set()
    for row in tracklets:
        frames, x, y = np.array(places[row["tracklet"]]).T
        gone = np.hypot(np.diff(x), np.diff(y)).sum() * row["fps"] / (frames[-1] - frames[0])
        if row["pace"]:
            off.append(gone / row["pace"] - 1)
        assert gone == pytest.approx(row["pace"], rel=0.15, abs=1e-6)
        seen.add((row["motion"], row["party"] > 0))
        if row["party"]:
            parties[row["shot"], row["party"]].add((row["person_id"], row["pace"], row["motion"]))
        elif row["motion"] == "walk":
            assert row["pace"] == pytest.approx(persons[row["person_id"]]["gait_speed"], abs=1e-4)
    assert abs(np.mean(off)) < 0.02
    assert parties
    for members in parties.values():
        assert len({member[1:] for member in members}) == 1
    assert max(len({person for person, *_ in members}) for members in parties.values()) > 1
    assert {("walk", True), ("walk", False)} <= seen
    assert {"stand", "run"} & {motion for motion, _ in seen}
    slower = [
        pace / persons[person]["gait_speed"]
        for members in parties.values()
        for person, pace, motion in members
        if motion == "walk"
    ]
    assert min(slower) < 0.95, "not what the gait alone would say"
