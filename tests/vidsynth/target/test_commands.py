from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from vidsynth.cli import app
from vidsynth.target.statistics import read

LEAST = 32
NAMES = ("frauke", "lobby-east", "20240131", "IMG_")


def crops(root: Path, tracklets: int = LEAST, grey: bool = False, cameras: bool = True) -> Path:
    """Tracklets of two frames under two cameras, with telling names."""
    rng = np.random.default_rng(0)
    for number in range(tracklets):
        camera = f"lobby-{'east' if number % 2 else 'west'}"
        levels = (f"frauke{number}", camera, f"20240131-{number}")
        folder = root.joinpath(*(levels if cameras else (levels[0], levels[2])))
        folder.mkdir(parents=True)
        for frame in range(2):
            coarse = rng.integers(20, 200, (8, 4, 1 if grey else 3), dtype=np.uint8)
            pixels = np.repeat(coarse, 3, 2) if grey else coarse
            size = (40 + number % 5, 80 + number % 7)
            picture = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
            picture.save(folder / f"IMG_{frame}.jpg", quality=85)
    return root


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["target", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["target", *map(str, arguments)])
    assert result.exit_code == 2, result.output
    said = result.output.strip().splitlines()[-1]
    assert said.startswith("vidsynth: ")
    return said


@pytest.mark.parametrize("command", ["fit", "compare"])
@pytest.mark.parametrize("option", ["--layout", "--part"])
def test_options_about_crops_need_crops(command: str, option: str, tmp_path: Path) -> None:
    file, value = tmp_path / "target.json", "test" if option == "--part" else "mars"
    run("measure", crops(tmp_path / "data"), "-o", file)
    more = () if command == "fit" else (tmp_path / "data",)
    assert f"Expected --crops with {option} {value}" in refused(command, file, *more, option, value)


def test_a_folder_becomes_statistics_and_a_page(tmp_path: Path) -> None:
    file, page = tmp_path / "target.json", tmp_path / "target.html"
    run("measure", crops(tmp_path / "data"), "-o", file)
    found = read(file)
    assert found.source.tracklets == 30
    assert found.source.cameras == 2
    assert found.source.resized_to is None
    quality = found.pooled.quantities["file_jpeg_quality"]
    assert quality.shares()[13] == 1, "85 lies in the bin from 85 to 90"
    assert found.clothes is not None
    run("show", file, "-o", page)
    html = page.read_text()
    assert all(f"<h3>{name} " in html for name in found.pooled.quantities)
    assert not re.search(r"(src|href)=|https?://|url\(|@import", html), "nothing from outside"


def test_nothing_tells_names_paths_or_times(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = crops(tmp_path / "data")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    for variable in ("HOME", "XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(variable, str(home))
    caplog.set_level(logging.DEBUG)
    said = run("measure", data, "-o", "target.json")
    run("show", "target.json")
    left = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert left == {"target.json", "target.html"}, "no caches and no logs"
    assert not any(name in caplog.text for name in NAMES)
    for text in (said, *((home / name).read_text() for name in left)):
        assert not any(name in text for name in (*NAMES, str(data)))


def test_the_file_has_no_list_of_images_or_tracklets(tmp_path: Path) -> None:
    run("measure", crops(tmp_path / "data", 70), "-o", tmp_path / "target.json")
    lengths: set[int] = set()

    def walk(value: object) -> None:
        if isinstance(value, list):
            lengths.add(len(value))
        for of in value.values() if isinstance(value, dict) else value:  # type: ignore[union-attr]
            if isinstance(of, dict | list):
                walk(of)

    walk(json.loads((tmp_path / "target.json").read_text()))
    assert not lengths & {68, 69, 70, 138, 139, 140}


def test_grey_pictures_have_neither_clothes_nor_gains(tmp_path: Path) -> None:
    run("measure", crops(tmp_path / "data", grey=True), "-o", tmp_path / "target.json")
    found = read(tmp_path / "target.json")
    assert found.source.grey
    assert found.clothes is None
    assert found.pooled.quantities["colourfulness"].shares()[0] == 1


def test_a_layout_without_cameras_is_one_camera(tmp_path: Path) -> None:
    run("measure", crops(tmp_path / "data", cameras=False), "-o", tmp_path / "target.json")
    found = read(tmp_path / "target.json")
    assert [camera.name for camera in found.cameras] == ["1"]
    assert found.source.cameras == 1


def test_images_of_one_size_say_so(tmp_path: Path) -> None:
    for number in range(LEAST):
        Image.new("RGB", (64, 128), (number, 90, 90)).save(tmp_path / f"{number}.png")
    file = tmp_path / "target.json"
    run("measure", tmp_path, "--layout", "images", "-o", file)
    found = read(file)
    assert found.source.resized_to == (64, 128)
    assert found.source.jpeg_table is None
    assert "aspect" not in found.pooled.quantities
    assert "file_jpeg_quality" not in found.pooled.quantities
    assert not found.source.video


def test_privacy_says_the_whole_budget(tmp_path: Path) -> None:
    file = tmp_path / "target.json"
    said = run("measure", crops(tmp_path / "data"), "-o", file, "--epsilon", 0.5)
    noise = read(file).privacy.noise
    assert noise is not None
    assert noise.total_epsilon > 0.5
    assert f"epsilon {noise.total_epsilon:g} in total" in said


def test_bad_input_ends_in_one_paragraph(tmp_path: Path) -> None:
    few = crops(tmp_path / "few", 3)
    assert "at least 30 tracklets" in refused("measure", few, "-o", tmp_path / "few.json")
    assert not (tmp_path / "few.json").exists()
    assert "Did you mean market1501" in refused("measure", few, "--layout", "market150")
    assert "train, test or all" in refused("measure", few, "--part", "validation")
    assert "whole frames" in refused("measure", few, "--backgrounds", tmp_path / "out")
    (tmp_path / "cut.json").write_text('{"schema": 1, "kind"')
    assert "no whole JSON" in refused("show", tmp_path / "cut.json")


def test_help_waits_for_no_torch() -> None:
    script = (
        "import sys\nfrom typer.testing import CliRunner\nfrom vidsynth.cli import app\n"
        "for name in ([], ['measure'], ['show']):\n"
        "    assert CliRunner().invoke(app, ['target', *name, '--help']).exit_code == 0\n"
        "print(sorted({'torch', 'bpy', 'scipy', 'reid_datasets'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=dict(os.environ)
    )
    assert found.stdout.strip() == "[]", found.stderr
