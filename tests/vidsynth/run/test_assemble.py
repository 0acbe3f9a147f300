"""Slices rendered side by side and gathered are the set that one run renders."""

import json
import shlex
import shutil
import threading

import pytest
from typer.testing import CliRunner

from tests.vidsynth.run import test_images
from tests.vidsynth.run.test_local import CONFIG, tree
from tests.vidsynth.shared_sets import PAINTED, made_once, paint, paint_here
from vidsynth.cli import app
from vidsynth.errors import OutputError, RenderError
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.assemble import assemble
from vidsynth.run.description import read_description
from vidsynth.run.executors.slices import Slice
from vidsynth.run.folder import hold
from vidsynth.settings import load_config

SHOTS = len(TrackletPlan(CONFIG).outlines)
THREE = [Slice(number, 3) for number in (1, 2, 3)]


@pytest.fixture(scope="session")
def slices(tmp_path_factory):
    """A folder for each slice of CONFIG's set; not to be changed."""
    folders = []
    for part in THREE:
        root, _ = made_once(
            tmp_path_factory, part.name, lambda r, p=part: paint_here(r, CONFIG, part=p)
        )
        folders.append(root)
    return folders


def test_three_slices_in_one_folder_are_the_set(finished, tmp_path):
    root = tmp_path / "shared"
    for part in THREE:
        summary = paint_here(root, CONFIG, part=part)
        assert (summary.tracklets, summary.reused_shots) == (0, 0)
        assert not (root / "tracklets.parquet").exists()
    made = assemble(root)
    assert (made.shots, made.adopted) == (SHOTS, 0)
    assert (made.tracklets, made.crops) == (finished[1].tracklets, finished[1].crops)
    assert tree(root) == tree(finished[0])
    assemble(root)
    assert tree(root) == tree(finished[0]), "gathering again changes nothing"


def test_slices_rendered_at_the_same_time_are_the_set(finished, tmp_path):
    root, failed = tmp_path / "shared", []

    def render(part):
        try:
            paint(root, CONFIG, 1, part=part)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=render, args=(part,)) for part in THREE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assemble(root)
    assert tree(root) == tree(finished[0])


def test_slices_in_folders_of_their_own_are_put_together(finished, slices, tmp_path):
    before = [tree(folder) for folder in slices]
    made = assemble(tmp_path / "set", slices)
    assert made.adopted == SHOTS
    assert tree(tmp_path / "set") == tree(finished[0])
    assert [tree(folder) for folder in slices] == before


def test_a_folder_takes_what_it_lacks(finished, slices, tmp_path):
    root = shutil.copytree(slices[0], tmp_path / "set")
    assert assemble(root, slices[1:]).adopted == SHOTS - len(THREE[0].shots(SHOTS))
    assert tree(root) == tree(finished[0])


def test_a_whole_run_finishes_what_slices_began(finished, slices, tmp_path):
    root = shutil.copytree(slices[1], tmp_path / "set")
    assert paint_here(root, CONFIG).reused_shots == len(THREE[1].shots(SHOTS))
    assert tree(root) == tree(finished[0])


def test_a_slice_continues_where_it_stopped(slices, tmp_path):
    root = shutil.copytree(slices[0], tmp_path / "set")
    before = tree(root)
    (root / "shots/000000.json").unlink()
    assert paint_here(root, CONFIG, part=THREE[0]).reused_shots == len(THREE[0].shots(SHOTS)) - 1
    assert tree(root) == before


def test_missing_shots_are_named_with_the_command_that_renders_them(finished, slices, tmp_path):
    root = tmp_path / "set"
    with pytest.raises(RenderError, match=r"missing or damaged: 2.*of slice 3/3") as error:
        assemble(root, slices[:2])
    command = str(error.value).partition("This renders what is missing: ")[2]
    words = shlex.split(command)
    assert words[:6] == [
        "vidsynth", "render-tracklets", "--output", str(root), "--shots", "3/3",
    ]  # fmt: skip
    assert load_config(None, words[6:]) == CONFIG
    assert not (root / "tracklets.parquet").exists()
    paint_here(root, load_config(None, words[6:]), part=THREE[2])
    assemble(root)
    assert tree(root) == tree(finished[0])


def test_damage_is_missing(slices, tmp_path):
    copy = shutil.copytree(slices[1], tmp_path / "copy")
    victim = sorted(copy.glob("bbox_*/*/*.jpg"))[0]
    victim.write_bytes(bytes(victim.stat().st_size))
    with pytest.raises(RenderError, match=r"found 1 missing or damaged: [0-9]+, of slice 2/3"):
        assemble(tmp_path / "set", [slices[0], copy, slices[2]])


def described(folder, **changes):
    description = read_description(folder)
    description["software"] |= changes.pop("software", {})
    (folder / "dataset.json").write_text(json.dumps(description | changes))


def test_another_build_or_processor_is_refused_by_name(slices, tmp_path):
    for facts in ({"source": "older"}, {"cpu": "x86_64 with SSE4.2"}):
        other = shutil.copytree(slices[1], tmp_path / next(iter(facts)))
        described(other, software=facts)
        said = next(iter(facts.items()))
        with pytest.raises(OutputError, match=rf"{other} was .*{said[0]} was .* is {said[1]}"):
            assemble(tmp_path / "set", [slices[0], other, slices[2]])
    assert not (tmp_path / "set").exists()
    with pytest.raises(OutputError, match="source was older"):
        assemble(tmp_path / "source")


def test_a_slice_is_not_rendered_over_another_build(slices, tmp_path):
    root = shutil.copytree(slices[0], tmp_path / "set")
    described(root, software={"cpu": "x86_64 with SSE4.2"})
    before = tree(root)
    with pytest.raises(OutputError, match=r"cpu was x86_64 with SSE4\.2 and is"):
        paint_here(root, CONFIG, part=THREE[1])
    assert tree(root) == before


def test_another_config_is_refused_by_name(slices, tmp_path):
    other = tmp_path / "other"
    paint_here(other, CONFIG.model_copy(update={"frames": 5}), part=THREE[1])
    with pytest.raises(OutputError, match=rf"config in {other} .*frames is 4 in the latter"):
        assemble(tmp_path / "set", [slices[0], other])
    with pytest.raises(OutputError, match="another config"):
        assemble(other, [slices[0]])
    images = tmp_path / "images"
    paint_here(images, test_images.CONFIG, test_images.PAINTED, part=THREE[0])
    with pytest.raises(OutputError, match="kind is tracklets"):
        assemble(tmp_path / "set", [slices[0], images])


def test_what_is_no_set_is_refused(slices, tmp_path):
    with pytest.raises(OutputError, match=r"found no dataset\.json.*--shots 1/4"):
        assemble(tmp_path / "nothing")
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(OutputError, match=r"thesis\.txt"):
        assemble(tmp_path, slices)
    assert {path.name for path in tmp_path.iterdir()} == {"thesis.txt"}


def test_jobs_that_share_shots_are_refused(slices, tmp_path):
    root = shutil.copytree(slices[0], tmp_path / "set")
    with hold(root, THREE[1]):
        for part in (THREE[1], Slice(1, 1), Slice(1, 4)):
            with pytest.raises(OutputError, match=r"Another run is writing slice 2/3"):
                paint_here(root, CONFIG, part=part)
        with pytest.raises(OutputError, match=r"Another run is writing slice 2/3"):
            assemble(root)
        paint_here(root, CONFIG, part=THREE[2])


def test_more_slices_than_shots_are_too_many(tmp_path):
    with pytest.raises(OutputError, match=rf"ask for {SHOTS} slices or fewer"):
        paint_here(tmp_path / "set", CONFIG, part=Slice(SHOTS + 1, SHOTS + 1))
    assert not (tmp_path / "set").exists()


def test_images_are_sliced_too(tmp_path):
    whole, root = tmp_path / "whole", tmp_path / "slices"
    paint_here(whole, test_images.CONFIG, test_images.PAINTED)
    for number in (1, 2):
        part = Slice(number, 2)
        paint_here(root, test_images.CONFIG, test_images.PAINTED, part=part)
    assemble(root)
    assert tree(root) == tree(whole)


def test_the_command_gathers(slices, tmp_path):
    words = [word for folder in slices for word in ("--from", str(folder))]
    said = CliRunner().invoke(app, ["gather", str(tmp_path / "set"), *words])
    assert said.exit_code == 0, said.output
    assert f"in {SHOTS} shots, {SHOTS} of them taken" in said.output
    said = CliRunner().invoke(app, ["gather", str(tmp_path / "other"), *words[:2]])
    assert said.exit_code == 2
    assert "of slices 2/3, 3/3" in said.stderr
    assert PAINTED not in said.stderr
