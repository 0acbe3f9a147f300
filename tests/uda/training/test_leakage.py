"""Target identities cannot reach training: other names on disk, the same weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from reid_datasets.benchmarks import mars
from reid_datasets.records import UnlabelledTracklet
from scipy.io import loadmat, savemat

from tests.uda.miniature import Run
from uda.batches.domains import Domains
from uda.batches.source import Loading, Place
from uda.batches.target import TargetFeed
from uda.config import Data
from uda.runs import checkpoint


def with_other_train_ids(root: Path, copy: Path) -> Path:
    """The same tree, with the train identities permuted within each row of the table.

    Rows keep their order; files and tables get the new names.
    """
    shutil.copytree(root, copy)
    shutil.rmtree(copy / "bbox_train")
    table = loadmat(root / "info/tracks_train_info.mat")["track_train_info"]
    names = (root / "info/train_name.txt").read_text().split()
    people = table[:, 2].copy()
    table[:, 2] = people[torch.randperm(len(people), generator=torch.Generator().manual_seed(3))]
    assert (table[:, 2] != people).any()
    for row, (first, last, person, camera) in enumerate(table.tolist()):
        for line in range(first - 1, last):
            old = names[line]
            names[line] = f"{person:04d}C{camera}T{row + 50:04d}F{line - first + 2:03d}.jpg"
            place = copy / "bbox_train" / f"{person:04d}" / names[line]
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / "bbox_train" / old[:4] / old, place)
    (copy / "info/train_name.txt").write_text("\n".join(names) + "\n")
    savemat(copy / "info/tracks_train_info.mat", {"track_train_info": table})
    return copy


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        ("synthetic_to_real", ("method.consistency_start=0",)),
        ("synthetic_to_real", ("method.consistency_start=0", "method.clustered=epoch")),
        (
            "pseudo_label",
            (
                "method.start=0",
                "method.min_samples=2",
                "method.eps=0.6",
                "method.k1=4",
                "method.k2=1",
            ),
        ),
    ],
)
def test_other_target_identities_give_the_same_weights(
    run: Run,
    tmp_path: Path,
    miniatures: tuple[Path, Path],
    method: str,
    settings: tuple[str, ...],
) -> None:
    permuted = with_other_train_ids(miniatures[1], tmp_path / "permuted")
    ids = [[t.person_id for t in mars.read(root).train] for root in (miniatures[1], permuted)]
    assert ids[0] != ids[1]
    short = ("training.epochs=1", "training.steps=3", *settings)
    first = checkpoint.load(run("as is", *short, method=method).checkpoint)
    if method == "pseudo_label":
        assert first["method"]["groups"].max() > 0  # there were groups to learn from
    second = checkpoint.load(run("other", *short, method=method, target_root=permuted).checkpoint)
    for part in ("model", "method"):
        for name in first[part]:
            assert torch.equal(first[part][name], second[part][name]), name


def test_training_receives_tracklets_without_identities(miniatures: tuple[Path, Path]) -> None:
    domains = Domains.read("mars", miniatures[0], "mars", miniatures[1])
    assert all(type(tracklet) is UnlabelledTracklet for tracklet in domains.target)
    assert not hasattr(domains.target[0], "person_id")
    with pytest.raises(TypeError, match="UnlabelledTracklet"):
        TargetFeed(domains.target_split.train, Loading(Data(workers=0)), Place(seed=0), 1)  # type: ignore[arg-type]
