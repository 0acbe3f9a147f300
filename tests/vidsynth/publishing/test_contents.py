"""What of a set is sent: what vidsynth rendered, all of it, and nothing else."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.hub_stand_in import stand_in
from tests.mars_tree import write_mars_tree
from tests.vidsynth.publishing.conftest import redescribe
from tests.vidsynth.run.test_local import CONFIG, painted
from vidsynth.cli import app
from vidsynth.config import BackgroundConfig
from vidsynth.formats import FORMATS
from vidsynth.publishing.contents import pack
from vidsynth.run.production import RENDERER, restore
from vidsynth.settings import fingerprint


def push(root: Path, *words: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["push", str(root), "alice/walkers", *words])
    return found.exit_code, found.output if found.exit_code else found.stdout


def own(root: Path) -> set[str]:
    names = {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}
    return {name for name in names if not name.startswith("logs/")}


def test_a_dry_run_lists_every_file_and_needs_no_package(
    rendered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    before = own(rendered)
    code, said = push(rendered, "--dry-run")
    assert code == 0, said
    listing = said.partition("\n\n")[0].splitlines()
    names = {line.split()[-1] for line in listing if not line.startswith("note:")}
    total = len(before) + 1
    assert before | {"README.md"} <= names
    assert f"{total:,} files, " in said
    assert "note: not sent of the folder: logs" in listing
    assert "# walkers" in said
    assert own(rendered) == before


def test_all_of_it_arrives_and_logs_stay(rendered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = stand_in(monkeypatch)
    (rendered / "report.html").write_text("of vidsynth report")
    (rendered / "README.md").write_text("an older card")
    before = own(rendered) - {"report.html"}
    code, said = push(rendered, "--public")
    assert code == 0, said
    assert said.splitlines()[-1] == "https://huggingface.co/datasets/alice/walkers"
    assert api.sent.keys() == before
    assert api.sent["README.md"].startswith(b"---\nlicense: cc0-1.0")
    assert api.create_repo.call_args.kwargs["private"] is False


@pytest.fixture
def refused(rendered: Path, monkeypatch: pytest.MonkeyPatch):
    """Asks to push a set; gives what was said, and nothing was asked of the Hub."""
    api = stand_in(monkeypatch)

    def ask(root: Path = rendered, *words: str) -> str:
        code, said = push(root, *words)
        assert code == 2, said
        assert api.method_calls == []
        assert len(said.strip().splitlines()) == 1
        return said

    return ask


def test_real_people_are_refused(rendered: Path, refused, tmp_path: Path) -> None:
    mars = write_mars_tree(tmp_path / "mars")
    assert "found no dataset.json" in refused(mars)
    for name in ("dataset.json", "cameras.json", "persons.parquet", "tracklets.parquet"):
        shutil.copy(rendered / name, mars / name)
    shutil.copytree(rendered / "shots", mars / "shots")
    assert "changed since they were rendered" in refused(mars)


def test_a_picture_of_others_is_refused_in_a_renderings_place_and_beside_it(
    rendered: Path, refused
) -> None:
    picture = next(rendered.glob("bbox_train/*/*.jpg"))
    mine = picture.read_bytes()
    (picture.parent / "me.jpg").write_bytes(mine)
    assert f"{picture.parent.name}/me.jpg" in refused()
    (picture.parent / "me.jpg").unlink()
    picture.write_bytes(mine[::-1])
    assert "changed since they were rendered" in refused()


def test_other_renderers_and_translated_sets_are_refused(rendered: Path, refused) -> None:
    redescribe(rendered, renderer="mine:Camera")
    assert "found those of mine:Camera" in refused()
    redescribe(rendered, renderer=RENDERER, translation={"run": "x"})
    assert "`uda translate`" in refused()


def test_half_a_set_is_refused(rendered: Path, refused) -> None:
    (rendered / ".partial").mkdir()
    assert "is being rendered" in refused()
    (rendered / ".partial").rmdir()
    (rendered / "shots/000001.json").unlink()
    assert "found 1 unfinished: 1" in refused()
    (rendered / "tracklets.parquet").unlink()
    assert "no tracklets.parquet" in refused()


def test_files_of_others_need_a_word_on_their_rights(
    rendered: Path, refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    redescribe(rendered, textures={"plaid.jpg": "00"})
    assert "--rights" in refused()
    api = stand_in(monkeypatch)
    code, said = push(rendered, "--rights", "drawn by Alice, CC0")
    assert code == 0, said
    assert b"drawn by Alice, CC0" in api.sent["README.md"]


def test_folders_of_this_machine_stay_and_the_shots_are_still_of_these_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private, root = tmp_path / "home/alice/photographs", tmp_path / "walkers"
    private.mkdir(parents=True)
    Image.new("RGB", (160, 120), (120, 120, 120)).save(private / "wall.jpg")
    behind = BackgroundConfig(directory=private)
    painted(root, CONFIG.model_copy(update={"backgrounds": behind, "identities": 4}))
    redescribe(root, renderer=RENDERER)
    api = stand_in(monkeypatch)
    code, said = push(root, "--rights", "my own wall, CC0")
    assert code == 0, said
    for name, content in api.sent.items():
        assert str(tmp_path).encode() not in content, name
    there = json.loads(api.sent["dataset.json"])
    assert there["config"]["backgrounds"]["directory"] == "photographs"
    assert there["backgrounds"].keys() == {"wall.jpg"}
    marker = json.loads(api.sent["shots/000000.json"])
    assert marker["config"] == fingerprint(restore(there["kind"], there["config"]).config)
    here = json.loads((root / "dataset.json").read_text())
    assert here["config"]["backgrounds"]["directory"] == str(private)


def test_who_pushes_a_set_that_was_fitted_to_a_target_is_told(rendered: Path) -> None:
    assert not any("target" in note for note in pack(rendered, "walkers").notes)
    rendered.with_name("walkers.fitted.yaml").write_text("hours: [noon]")
    (note,) = (each for each in pack(rendered, "walkers").notes if "target" in each)
    assert "fitted to a target (walkers.fitted.yaml)" in note
    assert "fitted to a target's cameras (walkers.fitted.yaml)" in pack(rendered, "walkers").card


@pytest.mark.parametrize("layout", FORMATS)
def test_every_format_names_the_lists_that_it_writes(layout: str, tmp_path: Path) -> None:
    (tmp_path / "cameras.json").write_text("[]")
    FORMATS[layout].index(tmp_path, [])
    assert own(tmp_path) == {"cameras.json", *FORMATS[layout].lists}
