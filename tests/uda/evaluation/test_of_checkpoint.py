"""A run's checkpoint put to use: scores and features of benchmarks."""

from __future__ import annotations

import csv
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError

from tests.mars_tree import write_mars_tree
from tests.reid_datasets.folder.trees import write_tracklets, write_video
from tests.uda.miniature import Run
from uda.comparing.lifted import Lift
from uda.errors import ConfigError, UdaError
from uda.evaluation.of_checkpoint import evaluate, extract
from uda.features.extractor import Choices
from uda.features.store import load as load_features

pytestmark = pytest.mark.usefixtures("processor", "tiny")


@pytest.fixture
def weights(trained: Run) -> Path:
    return trained().checkpoint


def test_a_checkpoint_scores_as_its_run_did(
    weights: Path, trained: Run, miniatures: tuple[Path, Path]
) -> None:
    (row,) = evaluate(weights, {"mars": miniatures[1]})
    own = trained().evaluation
    assert own is not None
    assert row.evaluations[0].result.cmc == own.result.cmc
    assert row.evaluations[0].result.mean_ap == own.result.mean_ap
    np.testing.assert_allclose(row.evaluations[0].query.features, own.query.features, atol=1e-6)
    assert row.frames == "2 frames"


def test_choices_change_how_features_are_extracted(
    weights: Path, miniatures: tuple[Path, Path]
) -> None:
    rows = [
        evaluate(weights, {"mars": miniatures[1]}, choices)[0]
        for choices in (Choices(), Choices(frames="all", clips="chunks"), Choices(flip=True))
    ]
    frames = ["2 frames", "all frames in chunks of 2", "2 frames, mirrored too"]
    assert [row.frames for row in rows] == frames
    plain, *others = (row.evaluations[0].query.features for row in rows)
    assert all(np.abs(plain - other).max() > 1e-4 for other in others)
    for choices, phrase in (
        (Choices(frames="0"), "--frames 0: expected `all` or a number"),
        (Choices(clips="odd"), "--clips odd: expected one of strided, chunks"),
        (Choices(precision="fp16"), "--precision fp16: .*needs a GPU"),
        (Choices(camera_share=0.5), "--camera-share 0.5 changes nothing where features are of 2"),
        (Choices(statistics="target", camera_share=0.5), "--camera-share 0.5 changes nothing"),
        (
            Choices(estimated_on="train"),
            "--statistics-of train changes nothing where features are of 2",
        ),
        (Choices(clips="chunks"), "--clips chunks changes nothing where features are of 2"),
    ):
        with pytest.raises(ConfigError, match=phrase):
            evaluate(weights, {"mars": miniatures[1]}, choices)


def test_a_benchmark_in_another_gamma_is_another_row(
    weights: Path, miniatures: tuple[Path, Path], tmp_path: Path
) -> None:
    names = ("mars", "mars+gamma0.5-2.0")
    rows = evaluate(weights, dict.fromkeys(names, miniatures[1]))
    assert [row.name for row in rows] == list(names)
    assert rows[1].title == "MARS, gamma 0.5 to 2"
    plain, changed = (row.evaluations[0].query.features for row in rows)
    assert np.abs(plain - changed).max() > 1e-3
    # What was extracted of one is not taken for the other.
    extract(weights, {names[1]: miniatures[1]}, output=tmp_path)
    (tmp_path / f"{names[1]}.safetensors").rename(tmp_path / "mars.safetensors")
    (again,) = evaluate(weights, {"mars": miniatures[1]}, cache=tmp_path)
    np.testing.assert_array_equal(again.evaluations[0].query.features, plain)


def test_extracted_features_are_used_where_they_fit(
    weights: Path,
    miniatures: tuple[Path, Path],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    roots = {"mars": miniatures[1]}
    ((path, count),) = extract(weights, roots, output=tmp_path)
    assert (path, count) == (tmp_path / "mars.safetensors", 14)
    features, _ = load_features(path)
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, atol=1e-6)
    with (tmp_path / "mars.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["part"] for row in rows].count("query") == 6
    shown: list[str] = []
    with caplog.at_level(logging.INFO):
        (kept,) = evaluate(weights, roots, cache=tmp_path, shown=shown.append)  # type: ignore[arg-type]
    assert shown == []  # nothing was extracted
    assert f"features from {path}" in caplog.text
    (plain,) = evaluate(weights, roots)
    assert kept.scores() == plain.scores()
    with caplog.at_level(logging.INFO):
        (other,) = evaluate(weights, roots, Choices(flip=True), cache=tmp_path)
    assert "is of other protocol, extracting" in caplog.text
    assert other.frames == "2 frames, mirrored too"


@pytest.mark.parametrize(
    ("part", "choices", "kept"),
    [
        ("bbox_test", Choices(), False),
        ("bbox_train", Choices(), True),
        ("bbox_train", Choices(statistics="target", estimated_on="train"), False),
        ("bbox_train", Choices(statistics="target", estimated_on="test"), True),
    ],
)
def test_other_pictures_under_the_same_names_are_extracted_anew(
    weights: Path,
    miniatures: tuple[Path, Path],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    part: str,
    choices: Choices,
    kept: bool,
) -> None:
    root = Path(shutil.copytree(miniatures[1], tmp_path / "mars"))
    extract(weights, {"mars": root}, choices, output=tmp_path)
    for path in (root / part).rglob("*.jpg"):
        Image.new("RGB", (20, 40), "red").save(path)
    with caplog.at_level(logging.INFO):
        evaluate(weights, {"mars": root}, choices, cache=tmp_path)
    assert ("features from" in caplog.text, "of other data" in caplog.text) == (kept, not kept)


def test_features_under_statistics_of_cameras_are_of_these_cameras(
    weights: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Who corrects the cameras of a table does not get features of the wrong ones."""
    root = write_table_of_people(tmp_path / "people", cameras="abab")
    choices = {own: Choices(statistics=own) for own in ("running", "camera")}
    for own, how in choices.items():
        extract(weights, {"folder": root}, how, output=tmp_path / own)
    write_table_of_people(root, cameras="abba")
    for own, how in choices.items():
        caplog.clear()
        with caplog.at_level(logging.INFO):
            evaluate(weights, {"folder": root}, how, cache=tmp_path / own)
        kept = own == "running"
        assert ("features from" in caplog.text, "of other data" in caplog.text) == (kept, not kept)


def write_table_of_people(root: Path, cameras: str) -> Path:
    """Two people seen twice, in a video each time; returns ``root``."""
    lines = ["video,first,last,id,camera,split"]
    for number, camera in enumerate(cameras):
        if not (root / f"{number}.mp4").exists():
            write_video(root / f"{number}.mp4")
        part = "query" if number in (0, 3) else "gallery"
        lines.append(f"{number}.mp4,0,5,{number // 2},{camera},{part}")
    (root / "tracklets.csv").write_text("\n".join(lines) + "\n")
    return root


def test_existing_files_are_replaced_only_if_asked(
    weights: Path, miniatures: tuple[Path, Path], tmp_path: Path
) -> None:
    roots = {"mars": miniatures[1]}
    extract(weights, roots, output=tmp_path)
    before = (tmp_path / "mars.safetensors").stat().st_mtime_ns
    with pytest.raises(UdaError, match=r"mars\.safetensors exists .*--overwrite"):
        extract(weights, roots, Choices(flip=True), output=tmp_path)
    assert (tmp_path / "mars.safetensors").stat().st_mtime_ns == before
    extract(weights, roots, Choices(flip=True), output=tmp_path, overwrite=True)
    assert load_features(tmp_path / "mars.safetensors")[1].protocol.startswith("2 frames, mirrored")


def test_training_tracklets_are_in_a_file_of_their_own(
    weights: Path, miniatures: tuple[Path, Path], tmp_path: Path
) -> None:
    written = extract(weights, {"mars": miniatures[1]}, output=tmp_path, train=True)
    assert [(path.name, count) for path, count in written] == [
        ("mars.safetensors", 14),
        ("mars-train.safetensors", 16),
    ]
    with (tmp_path / "mars-train.csv").open() as file:
        people = [int(row["person_id"]) for row in csv.DictReader(file)]
    assert people == [t.person_id for t in load("mars", miniatures[1]).train]


def test_a_set_without_a_test_half_is_extracted_as_a_whole(weights: Path, tmp_path: Path) -> None:
    own = write_tracklets(tmp_path / "own", "a", "b", "c")
    ((path, count),) = extract(weights, {"folder": own}, output=tmp_path / "features")
    assert count == 3
    with path.with_suffix(".csv").open() as file:
        assert [row["part"] for row in csv.DictReader(file)] == ["unlabelled"] * 3
    with pytest.raises(DatasetError, match="no test half"):
        evaluate(weights, {"folder": own})


def test_every_benchmark_is_read_before_the_first_is_extracted(
    weights: Path, miniatures: tuple[Path, Path], tmp_path: Path
) -> None:
    def shown(what: str) -> None:
        pytest.fail(f"began with {what}")

    roots = {"mars": miniatures[1], "ilids-vid": tmp_path}
    with pytest.raises(DatasetError):
        evaluate(weights, roots, shown=shown)  # type: ignore[arg-type]


def test_what_cannot_be_ranked_is_refused_before_anything_is_extracted(
    weights: Path, miniatures: tuple[Path, Path], tmp_path: Path
) -> None:
    """One camera alone: nobody is seen again under another. And times that nobody noted."""

    def shown(what: str) -> None:
        pytest.fail(f"began with {what}")

    one_camera = write_mars_tree(tmp_path / "mars", cameras=1)
    roots = {"mars+gamma0.5-2.0": miniatures[1], "mars": one_camera}
    with pytest.raises(UdaError, match="test half of mars cannot be ranked: no query has a match"):
        evaluate(weights, roots, shown=shown)  # type: ignore[arg-type]
    with pytest.raises(UdaError, match="temporal lifting needs a camera and a time"):
        evaluate(weights, {"mars": miniatures[1]}, lift=Lift(), shown=shown)  # type: ignore[arg-type]
