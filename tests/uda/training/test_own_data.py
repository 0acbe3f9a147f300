"""A person's own, unlabelled data as the target: nothing to test on, everything to learn from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reid_datasets.errors import DatasetError

from tests.mars_tree import write_mars_tree
from tests.reid_datasets.folder.trees import write_tracklets
from tests.uda.miniature import Run
from uda.batches.domains import Domains
from uda.errors import ConfigError
from uda.report.tables import print_training


def test_adapting_to_tracklets_without_identities(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = write_tracklets(tmp_path / "own", *(f"c{i % 2}/t{i}" for i in range(4)))
    (own / "folder.yaml").write_text("layout: camera/tracklet\n")
    result = run("run", "training.epochs=1", target="folder", target_root=own)
    assert result.evaluation is None
    assert result.source_evaluation is not None
    written = json.loads((result.output / "result.json").read_text())
    assert written["target_test"] is None
    assert written["target"]["tracklets"] == 4
    print_training(result, "folder", own)
    printed = capsys.readouterr().out
    assert "folder has no queries" in printed
    assert "uda evaluate" not in printed
    with pytest.raises(ConfigError, match=r"needs queries, but the target has none"):
        run(
            "best", "evaluation.select_on=target_test", "evaluation.target_every=1",
            target="folder", target_root=own,
        )  # fmt: skip


def test_a_source_with_one_camera_trains_and_is_not_scored(
    run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    alone = write_mars_tree(tmp_path / "alone", cameras=1, tracklets=3)
    result = run("run", "training.epochs=2", source_root=alone)
    assert result.source_evaluation is None
    assert result.evaluation is not None
    assert caplog.text.count("The source's test half is not scored: no query has a match") == 1
    with pytest.raises(ConfigError, match=r"needs a match under another camera, but the source"):
        run("best", "evaluation.select_on=source_test", source_root=alone)


def test_a_source_without_identities_is_refused(tmp_path: Path) -> None:
    own = write_tracklets(tmp_path, "a", "b")
    with pytest.raises(DatasetError, match=r"found 2 tracklets that have no identities"):
        Domains.read("folder", own, "folder", own)


def test_labelled_and_unlabelled_tracklets_of_a_target_are_both_used(tmp_path: Path) -> None:
    own = write_tracklets(tmp_path, "train/1/1/a", "train/2/1/a", "train/0/1/a")
    (own / "folder.yaml").write_text('distractors: ["0"]\n')
    domains = Domains.read("folder", own, "folder", own)
    assert (len(domains.source.train), len(domains.target)) == (2, 3)
    assert not any(hasattr(t, "person_id") for t in domains.target)
