"""MOTChallenge files as TrackEval reads them."""

import configparser
import contextlib
import io
import shutil
from collections import defaultdict

import numpy as np
import pyarrow.parquet as pq
import pytest
import trackeval
from PIL import Image

from tests.vidsynth.formats.painted_set import config, gather, paint
from tests.vidsynth.run.test_local import tree
from vidsynth.formats.mot import DISTRACTOR, PEDESTRIAN
from vidsynth.run.production import produce


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return paint(tmp_path_factory.mktemp("mot") / "set", "mot")


def truth(sequence):
    return np.loadtxt(sequence / "gt/gt.txt", delimiter=",", ndmin=2)


def test_a_sequence_is_what_its_info_says(root):
    sequences = sorted(path.parent for path in root.glob("t*/*/seqinfo.ini"))
    assert len(sequences) == 2 * produce(config("mot")).shots
    for sequence in sequences:
        parser = configparser.ConfigParser()
        parser.optionxform = str
        parser.read(sequence / "seqinfo.ini")
        info = parser["Sequence"]
        images = sorted((sequence / info["imDir"]).iterdir())
        assert info["name"] == sequence.name
        assert len(images) == int(info["seqLength"]) == 4
        assert [p.name for p in images] == [f"{n:06d}.jpg" for n in range(1, 5)]
        with Image.open(images[0]) as image:
            assert image.size == (int(info["imWidth"]), int(info["imHeight"]))
        assert float(info["frameRate"]) == 8
    for split in ("train", "test"):
        names = (root / f"seqmaps/{split}.txt").read_text().split()
        assert names == ["name", *sorted(p.name for p in (root / split).iterdir())]


def test_people_keep_their_number_under_all_cameras_and_are_in_one_half(root):
    cameras, halves = defaultdict(set), defaultdict(set)
    for sequence in root.glob("t*/*"):
        for row in truth(sequence):
            if row[7] == PEDESTRIAN:
                cameras[int(row[1])].add(sequence.name[-3:])
                halves[sequence.parent.name].add(int(row[1]))
    assert halves == {"train": {1, 2, 3}, "test": {4, 5, 6, 7}}
    assert sum(len(seen) > 1 for seen in cameras.values()) >= 5


def test_rows_are_the_labels_of_the_tables(root):
    rows = pq.read_table(root / "crops").to_pylist()
    known = {(row["file"], row["person_id"]): row for row in rows}
    boxes = others = 0
    for sequence in root.glob("t*/*"):
        for frame, person, x, y, width, height, conf, kind, visibility in truth(sequence):
            file = f"{sequence.relative_to(root)}/img1/{int(frame):06d}.jpg"
            row = known.pop((file, int(person)), None)
            if row is None:
                assert (conf, kind) == (0, DISTRACTOR)
                others += 1
                continue
            x0, y0, x1, y1 = row["body_box"]
            assert (x - 1, y - 1, width, height) == pytest.approx(
                (x0, y0, x1 - x0, y1 - y0), abs=0.011
            )
            assert visibility == pytest.approx(row["visibility"], abs=1e-4)
            assert (conf == 1) == (kind == PEDESTRIAN) == (not row["ignored"])
            boxes += 1
    assert not known, "everybody who shows has a row"
    assert boxes
    assert others, "bystanders"


def test_trackers_that_say_the_truth_are_perfect(root, tmp_path):
    for split in ("train", "test"):
        folder = tmp_path / "trackers" / split / "truth" / "data"
        folder.mkdir(parents=True)
        for sequence in (root / split).iterdir():
            lines = [
                ",".join([*line.split(",")[:6], "1,-1,-1,-1"])
                for line in (sequence / "gt/gt.txt").read_text().split()
                if line.split(",")[6] == "1"
            ]
            (folder / f"{sequence.name}.txt").write_text("\n".join(lines))
        with contextlib.redirect_stdout(io.StringIO()):
            evaluator = trackeval.Evaluator(
                {"PRINT_RESULTS": False, "PRINT_CONFIG": False, "TIME_PROGRESS": False,
                 "OUTPUT_SUMMARY": False, "OUTPUT_DETAILED": False, "PLOT_CURVES": False,
                 "BREAK_ON_ERROR": True}
            )  # fmt: skip
            data = trackeval.datasets.MotChallenge2DBox(
                {"GT_FOLDER": str(root / split), "SKIP_SPLIT_FOL": True, "PRINT_CONFIG": False,
                 "TRACKERS_FOLDER": str(tmp_path / "trackers" / split),
                 "SEQMAP_FILE": str(root / f"seqmaps/{split}.txt")}
            )  # fmt: skip
            results, _ = evaluator.evaluate(
                [data],
                [trackeval.metrics.HOTA({"PRINT_CONFIG": False}),
                 trackeval.metrics.CLEAR({"PRINT_CONFIG": False}),
                 trackeval.metrics.Identity({"PRINT_CONFIG": False})],
            )  # fmt: skip
        found = results["MotChallenge2DBox"]["truth"]["COMBINED_SEQ"]["pedestrian"]
        assert found["HOTA"]["HOTA"] == pytest.approx(1.0)
        assert found["CLEAR"]["MOTA"] == pytest.approx(1.0)
        assert found["Identity"]["IDF1"] == pytest.approx(1.0)
        assert found["CLEAR"]["CLR_TP"] > 0


def test_listing_again_gives_the_same_bytes(root):
    before = tree(root)
    shutil.rmtree(root / "seqmaps")
    gather(root, produce(config("mot")))
    assert tree(root) == before
