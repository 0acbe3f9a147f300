"""A data set as one HTML page: what it says, and that a browser shows it without a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from vidsynth.cli import app
from vidsynth.config import BoxConfig, PeopleConfig, TrackletConfig
from vidsynth.errors import OutputError
from vidsynth.run.job import render
from vidsynth.settings import load_image_config

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = TrackletConfig(
        identities=8,
        test_share=0.5,
        frames=4,
        people_per_shot=4,
        cameras=4,
        sites=("park", "plaza"),
        people=PeopleConfig(lookalike_share=0.5, lookalike_size=2),
        boxes=BoxConfig(min_frames=2),
    )
    folder = tmp_path_factory.mktemp("set")
    render(config, folder, 1, progress=False, renderer="painted_renderer:PaintedRenderer")
    return folder


def test_a_folder_whose_name_is_no_utf_8_is_refused_and_shown_by_a_link(
    root: Path, tmp_path: Path
) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "行人".encode("gbk")))
    shutil.copytree(root, odd)
    (tmp_path / "set").symlink_to(odd)
    for command, file in (("report", "report.html"), ("card", "README.md")):
        said = CliRunner().invoke(app, [command, str(odd)])
        assert (said.exit_code, "in UTF-8, found" in said.output) == (2, True)
        said = CliRunner().invoke(app, [command, str(tmp_path / "set")])
        assert said.exit_code == 0, said.output
        assert r"\udcd0\udcd0" in (odd / file).read_text(encoding="utf-8")


def test_nothing_is_rendered_into_such_a_folder(tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/" + "行人".encode("gbk"))
    with pytest.raises(OutputError, match="in UTF-8, found"):
        render(TrackletConfig(identities=4), Path(odd), 1, progress=False, renderer="a:B")
    assert list(tmp_path.iterdir()) == []


def test_a_picture_with_a_tail_of_zeros_is_not_shown_as_grey(root: Path, tmp_path: Path) -> None:
    own = shutil.copytree(root, tmp_path / "set")
    for path in own.glob("bbox_*/*/*.jpg"):
        data = path.read_bytes()
        keep = len(data) // 2
        path.write_bytes(data[:keep] + bytes(len(data) - keep - 2) + data[-2:])
    said = CliRunner().invoke(app, ["report", str(own)])
    assert (said.exit_code, "damaged images" in said.output) == (2, True)
    assert not (own / "report.html").exists()


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    said = CliRunner().invoke(app, ["report", str(root), "--rows", "3"])
    assert said.exit_code == 0, said.output
    return (root / "report.html").read_text(encoding="utf-8")


def test_the_page_counts_what_the_set_holds(root: Path, page: str) -> None:
    tracklets = pq.read_table(root / "tracklets.parquet")
    crops = pq.read_table(root / "crops")
    for name, count in (("tracklets", len(tracklets)), ("crops", len(crops)), ("cameras", 4)):
        assert f"<b>{count:,}</b><span>{name}</span>" in page
    for site in ("park", "plaza"):
        assert f">{site}</text>" in page
    assert ">upper colour</text>" in page


def test_look_alikes_are_shown_with_what_differs(root: Path, page: str) -> None:
    persons = pq.read_table(root / "persons.parquet").to_pylist()
    groups = {row["look_alike_group"] for row in persons}
    assert len(groups) < len(persons)
    assert page.count("<figure>") == sum(
        sum(row["look_alike_group"] == group for row in persons) == 2 for group in groups
    ) * 2  # fmt: skip
    for row in persons:
        if row["look_alike_regions"]:
            assert row["look_alike_regions"].replace(",", ", ") in page


def test_the_page_needs_nothing_else(page: str) -> None:
    assert not re.findall(r"(?:src|href)\s*=\s*\"(?!data:|#)[^\"]*", page)
    assert "<script" not in page


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_browser_shows_it(root: Path, page: str, tmp_path: Path) -> None:
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom", (root / "report.html").resolve().as_uri(),
    ]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count("<svg") == page.count("<svg") > 8
    assert shown.stdout.rstrip().endswith("</html>")


def test_an_unfinished_set_is_refused_in_one_line(root: Path, tmp_path: Path) -> None:
    half = shutil.copytree(root, tmp_path / "half")
    (half / "tracklets.parquet").unlink()
    said = CliRunner().invoke(app, ["report", str(half)])
    assert said.exit_code == 2
    assert "no tracklets.parquet" in said.output
    (half / "tracklets.parquet").write_bytes(b"PAR1")
    said = CliRunner().invoke(app, ["report", str(half), "--output", str(tmp_path / "page.html")])
    assert said.exit_code == 2
    assert "Cannot read the tables" in said.output
    assert not (tmp_path / "page.html").exists()


def test_still_images_have_a_page_without_maps(tmp_path: Path) -> None:
    config = load_image_config(overrides=["cameras=3", "cameras_per_identity=2"], identities=4)
    painter = "painted_renderer:PaintedRenderer"
    render(config, tmp_path / "set", 1, progress=False, renderer=painter)
    said = CliRunner().invoke(app, ["report", str(tmp_path / "set")])
    assert said.exit_code == 0, said.output
    page = (tmp_path / "set/report.html").read_text(encoding="utf-8")
    images = len(pq.read_table(tmp_path / "set/crops"))
    assert f"<b>{images:,}</b><span>crops</span>" in page
    assert "images by site" in page
    assert "Sites from above" not in page
