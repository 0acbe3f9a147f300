import contextlib
import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from reid_datasets.benchmarks import mars

from tests.vidsynth.shared_sets import PAINTED, paint, paint_here
from vidsynth.config import BoxConfig, CameraConfig, TextureConfig, TrackletConfig
from vidsynth.errors import OutputError, RenderError
from vidsynth.files import full_disk
from vidsynth.inspect.preview.sheet import contact_sheet
from vidsynth.labels.masks import decode_mask
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.executors.worker_process import PATIENCE
from vidsynth.run.folder import hold
from vidsynth.settings import fingerprint

CONFIG = TrackletConfig(
    identities=6,
    test_share=0.5,
    distractor_share=0.4,
    frames=4,
    people_per_shot=2,
    sites=("mall", "plaza"),
    cameras=4,
    # A quarter of the usual pixels: what is looked at here are files, not pictures.
    camera=CameraConfig(width=640, height=360, person_height=(65, 130)),
    boxes=BoxConfig(min_frames=2, min_height=24),
)
DYING = "painted_renderer:DyingRenderer"
HANGING = "painted_renderer:HangingRenderer"


def painted(output, config=CONFIG):
    return paint_here(output, config)


def by_workers(output, workers=1, renderer=PAINTED):
    return paint(output, CONFIG, workers, renderer)


def tree(root, ignored=("logs",)):
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in ignored
    }


def test_the_set_is_complete_and_says_what_it_is(finished):
    root, summary = finished
    tracklets = pq.read_table(root / "tracklets.parquet").to_pylist()
    crops = pq.read_table(root / "crops").to_pylist()
    assert (summary.tracklets, summary.crops) == (len(tracklets), len(crops))
    assert sum(t["frames"] for t in tracklets) == len(crops) == summary.rendered_crops > 0
    assert {t["split"] for t in tracklets} == {"train", "test", "distractor"}
    images = {str(p.relative_to(root)) for p in root.glob("bbox_*/*/*.jpg")}
    assert images == {crop["file"] for crop in crops}
    persons = pq.read_table(root / "persons.parquet").to_pylist()
    assert [p["person_id"] for p in persons] == [1, 2, 3, 4, 5, 6, 7]
    assert (
        persons[0]["upper_colour_name"]
        == TrackletPlan(CONFIG).population.person(1).upper.colour_name
    )
    assert len(json.loads((root / "cameras.json").read_text())) == CONFIG.cameras
    assert json.loads((root / "dataset.json").read_text())["config"]["identities"] == 6
    assert summary.cpu_seconds > 0
    assert not (root / ".partial").exists()


def test_labels_describe_the_image_they_belong_to(finished):
    root, _ = finished
    for crop in pq.read_table(root / "crops").to_pylist()[::7]:
        x0, y0, x1, y1 = crop["box"]
        with Image.open(root / crop["file"]) as image:
            assert image.size == (x1 - x0, y1 - y0)
        share = decode_mask(crop["mask"], y1 - y0, x1 - x0).mean()
        assert 0.5 < share <= 1.0


def test_a_mars_reader_reads_it_unchanged(finished):
    root, summary = finished
    split = mars.read(root)
    assert len(split.train) + len(split.gallery) == summary.tracklets
    assert {t.person_id for t in split.train} <= {1, 2, 3}
    assert {t.person_id for t in split.query} <= {4, 5, 6}
    assert {t.person_id for t in split.gallery} - {4, 5, 6} == {0}
    for query in split.query:
        assert any(
            t.person_id == query.person_id and t.camera_id != query.camera_id for t in split.gallery
        )
    frames = [frame for t in split.train + split.gallery for frame in t.frames]
    assert all(Path(frame).exists() for frame in frames)
    assert len(frames) == summary.crops


def test_two_workers_write_the_same_bytes_as_one(finished, tmp_path):
    by_workers(tmp_path / "two", workers=2)
    assert tree(tmp_path / "two") == tree(finished[0])


def test_a_finished_set_is_left_alone(finished, tmp_path):
    root = shutil.copytree(finished[0], tmp_path / "again")
    before = tree(root)
    again = painted(root)
    assert (again.rendered_crops, again.reused_shots) == (0, len(TrackletPlan(CONFIG).outlines))
    assert tree(root) == before


def start(root, renderer=PAINTED):
    """A run in a process group of its own."""
    script = (
        "import sys; from pathlib import Path; from vidsynth.run.job import render;"
        "from vidsynth.config import TrackletConfig as T;"
        "render(T.model_validate_json(sys.argv[1]), Path(sys.argv[2]), 1, False, sys.argv[3])"
    )
    command = [sys.executable, "-c", script, CONFIG.model_dump_json(), str(root), renderer]
    return subprocess.Popen(command, start_new_session=True)


def test_a_killed_run_continues_to_the_same_bytes(finished, tmp_path, monkeypatch):
    root, hanging = tmp_path / "killed", tmp_path / "hanging"
    monkeypatch.setenv("PAINTED_DEATHS", str(hanging))
    monkeypatch.setenv("PAINTED_SHOT", "2")
    run = start(root, HANGING)
    while not hanging.exists():
        assert run.poll() is None, "the run ended before it could be killed"
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert len(list(root.glob("shots/*.json"))) == 2 < len(TrackletPlan(CONFIG).outlines)
    assert not (root / "tracklets.parquet").exists()
    (root / "shots" / "000000.json").write_text('{"half": ')
    assert by_workers(root, renderer=HANGING).reused_shots == 1
    assert tree(root, ("logs", "dataset.json")) == tree(finished[0], ("logs", "dataset.json"))


@pytest.mark.slow
def test_kills_at_random_times_do_not_show(finished, tmp_path):
    root, rng = tmp_path / "killed", np.random.default_rng(0)
    for finished_before in (0, 3):
        run = start(root)
        while run.poll() is None and len(list(root.glob("shots/*.json"))) <= finished_before:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.3))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    painted(root)
    assert tree(root) == tree(finished[0])


def test_a_shot_that_lost_a_file_is_rendered_again(finished, tmp_path):
    root = shutil.copytree(finished[0], tmp_path / "lost")
    victim = sorted(root.glob("bbox_train/*/*.jpg"))[3]
    victim.write_bytes(victim.read_bytes()[:50])
    assert painted(root).reused_shots == len(TrackletPlan(CONFIG).outlines) - 1
    assert tree(root) == tree(finished[0])


def test_a_worker_that_dies_once_is_replaced(finished, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("PAINTED_DEATHS", str(tmp_path / "deaths"))
    by_workers(tmp_path / "set", renderer=DYING)
    assert tree(tmp_path / "set", ("logs", "dataset.json")) == tree(
        finished[0], ("logs", "dataset.json")
    )
    assert "Shot 1 failed, trying again" in caplog.text
    assert "painted crash" in caplog.text


class OnceItHangs(threading.Timer):
    """Runs out soon after HangingRenderer has begun to hang, however long that takes."""

    def run(self):
        assert self.interval == PATIENCE
        deaths = Path(os.environ["PAINTED_DEATHS"])
        while not self.finished.wait(0.2):
            if deaths.exists() and not deaths.read_text() and not self.finished.wait(1.0):
                deaths.write_text("killed")
                self.function()
                return


def test_a_worker_that_hangs_is_replaced(finished, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("PAINTED_DEATHS", str(tmp_path / "deaths"))
    monkeypatch.setenv("PAINTED_SHOT", "1")
    monkeypatch.setattr("vidsynth.run.executors.worker_process.threading.Timer", OnceItHangs)
    by_workers(tmp_path / "set", renderer=HANGING)
    assert tree(tmp_path / "set", ("logs", "dataset.json")) == tree(
        finished[0], ("logs", "dataset.json")
    )
    assert f"silent for {PATIENCE:.0f} s" in caplog.text


def test_a_shot_that_always_crashes_is_named_and_the_others_are_kept(
    finished, tmp_path, monkeypatch
):
    deaths = tmp_path / "deaths"
    deaths.write_text("always")
    monkeypatch.setenv("PAINTED_DEATHS", str(deaths))
    with pytest.raises(RenderError, match="killed by signal 9") as error:
        by_workers(tmp_path / "set", renderer=DYING)
    assert "Shot 1" in str(error.value)
    assert "painted crash" in str(error.value)
    deaths.write_text("")
    assert (
        by_workers(tmp_path / "set", renderer=DYING).reused_shots
        == len(TrackletPlan(CONFIG).outlines) - 1
    )
    assert tree(tmp_path / "set")["tracklets.parquet"] == tree(finished[0])["tracklets.parquet"]


def test_another_config_over_a_set_is_refused_with_the_difference(finished, tmp_path):
    root = shutil.copytree(finished[0], tmp_path / "set")
    before = tree(root)
    with pytest.raises(OutputError, match=r"frames is 4 there and 5 now"):
        painted(root, config=CONFIG.model_copy(update={"frames": 5}))
    assert tree(root) == before


def test_what_another_build_began_is_not_continued(finished, tmp_path):
    root = shutil.copytree(finished[0], tmp_path / "half")
    description = json.loads((root / "dataset.json").read_text())
    description["software"]["source"] = "older"
    (root / "dataset.json").write_text(json.dumps(description))
    whole = tree(root)
    assert painted(root).rendered_crops == 0, "a finished set lacks nothing"
    assert tree(root) == whole
    markers = sorted(root.glob("shots/*.json"))
    markers[0].unlink()
    before = tree(root)
    count = f"{len(markers) - 1} of {len(markers)} that are finished"
    with pytest.raises(OutputError, match=rf"source was older and is .*{count}"):
        painted(root)
    assert tree(root) == before
    for marker in markers[1:]:
        marker.unlink()
    painted(root)
    assert tree(root) == tree(finished[0]), "nothing was finished: this build's from the start"


def test_a_folder_with_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(OutputError, match=r"thesis\.txt"):
        painted(tmp_path)
    assert tree(tmp_path).keys() == {"thesis.txt"}
    with pytest.raises(OutputError, match="File exists"):
        painted(tmp_path / "thesis.txt")


def test_two_runs_at_once_are_refused(tmp_path):
    with hold(tmp_path), pytest.raises(OutputError, match="Another run"):
        painted(tmp_path)


def test_a_full_disk_is_said_plainly(tmp_path, monkeypatch):
    monkeypatch.setenv("PAINTED_DEATHS", "")
    with pytest.raises(OutputError, match="full"):
        by_workers(tmp_path / "set", renderer="painted_renderer:FloodingRenderer")


def test_the_contact_sheet_has_a_row_per_identity(finished, tmp_path):
    root, _ = finished
    assert contact_sheet(root, tmp_path / "sheet.png", rows=4, columns=3) == 4
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 3 * 96
        assert len(np.unique(np.asarray(sheet))) > 20
    with pytest.raises(OutputError, match="found no tracklets"):
        contact_sheet(tmp_path, tmp_path / "sheet.png")


def test_a_contact_sheet_names_what_is_damaged(finished, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(finished[0], copy)
    for image in copy.glob("bbox_*/*/*.jpg"):
        image.write_bytes(image.read_bytes()[:200])
    with pytest.raises(OutputError, match=r"Cannot read .*\.jpg.*check-data"):
        contact_sheet(copy, tmp_path / "sheet.png")
    table = copy / "tracklets.parquet"
    table.write_bytes(table.read_bytes()[:40])
    with pytest.raises(OutputError, match=r"tracklets\.parquet \(40 bytes\)"):
        contact_sheet(copy, tmp_path / "sheet.png")


def test_a_file_of_other_content_is_rendered_again(finished, tmp_path):
    """A power cut leaves zeros of the right length on many file systems."""
    root = shutil.copytree(finished[0], tmp_path / "zeros")
    for victim in (sorted(root.glob("bbox_train/*/*.jpg"))[3], root / "crops/000002.parquet"):
        victim.write_bytes(bytes(victim.stat().st_size))
    assert painted(root).reused_shots == len(TrackletPlan(CONFIG).outlines) - 2
    assert tree(root) == tree(finished[0])


@pytest.mark.parametrize("change", ["lost key", "other number"])
def test_a_changed_marker_is_rendered_again(finished, tmp_path, change):
    root = shutil.copytree(finished[0], tmp_path / "set")
    marker = json.loads((root / "shots/000001.json").read_text())
    if change == "lost key":
        del marker["tracklets"]
    else:
        marker["tracklets"][0]["camera_id"] += 1
    (root / "shots/000001.json").write_text(json.dumps(marker))
    assert painted(root).reused_shots == len(TrackletPlan(CONFIG).outlines) - 1
    assert tree(root) == tree(finished[0])


@pytest.mark.parametrize(
    ("key", "value"), [("config", None), ("software", []), ("", []), ("", "{"), ("", '{"kind": 1}')]
)
def test_a_damaged_description_is_named(finished, tmp_path, key, value):
    root = shutil.copytree(finished[0], tmp_path / "set")
    description = json.loads((root / "dataset.json").read_text())
    text = json.dumps({**description, key: value} if key else value)
    (root / "dataset.json").write_text(value if isinstance(value, str) else text)
    with pytest.raises(OutputError, match=r"Expected .*dataset\.json to describe a data set"):
        painted(root)


def test_the_device_and_the_spelling_of_a_path_make_no_other_set(finished, tmp_path):
    root = shutil.copytree(finished[0], tmp_path / "set")
    on_gpu = CONFIG.model_copy(
        update={"render": CONFIG.render.model_copy(update={"device": "gpu"})}
    )
    assert painted(root, on_gpu).rendered_crops == 0
    folder = tmp_path / "fabrics"
    folder.mkdir()
    Image.new("RGB", (90, 80), (170, 25, 28)).save(folder / "red.png")
    spelt = [
        CONFIG.model_copy(update={"textures": TextureConfig(directory=path, share=1.0)})
        for path in (folder, folder / ".." / "fabrics")
    ]
    assert fingerprint(spelt[0]) == fingerprint(spelt[1]) != fingerprint(CONFIG)


def test_nothing_is_written_before_a_worker_has_started(tmp_path):
    with pytest.raises(RenderError, match="no paint left") as error:
        by_workers(tmp_path / "set", renderer="painted_renderer:MissingRenderer")
    assert "Traceback" not in str(error.value)
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_full_disk_is_found_behind_other_errors(tmp_path, wrapped):
    error: Exception = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if wrapped:
        error, cause = RuntimeError("cannot write"), error
        error.__cause__ = cause
    assert full_disk(error, tmp_path) == tmp_path
    assert full_disk(RuntimeError("else"), tmp_path) is None
