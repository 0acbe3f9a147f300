"""Settings that can have no effect are named, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from vidsynth.cli import app
from vidsynth.config.idle import idle
from vidsynth.errors import ConfigError
from vidsynth.settings import load_config, load_image_config


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], []),
        (["camera.crf=20"], ["camera.crf has no effect: camera.codec is jpeg."]),
        (["camera.crf=20", "camera.codec=h264"], []),
        (
            ["camera.codec=h264", "camera.jpeg_quality=50"],
            ["camera.jpeg_quality has no effect: camera.codec is h264."],
        ),
        (["output.crf=30"], ["output.crf has no effect: output.format is mars."]),
        (["output.crf=30", "output.format=video"], []),
        (["crowd.standing=0.5"], ["crowd.standing has no effect: crowd.density is 0.0."]),
        (
            ["cameras_per_shot=3", "camera.views=disjoint"],
            ["cameras_per_shot has no effect: camera.views is disjoint."],
        ),
        (
            ["sky.hdri_share=0.5", "weathers=[rain,foggy]"],
            ["sky.hdri_share has no effect: weathers is ['rain', 'foggy']."],
        ),
        (["sky.hdri_share=0.5", "weathers=[rain,clouds]"], []),
        (["clock.outings=3"], ["clock.outings has no effect: clock.returning_share is 0.0."]),
        (
            ["camera.network=mine.json", "cameras=12", "camera.mount_height=3", "camera.gamma=1"],
            ["cameras, camera.mount_height have no effect: camera.network is mine.json."],
        ),
        (
            ["backgrounds.share=0.5", "textures.share=0.1"],
            [
                "backgrounds.share has no effect: backgrounds.directory is null.",
                "textures.share has no effect: textures.directory is null.",
            ],
        ),
    ],
)
def test_of_tracklets(words: list[str], said: list[str]) -> None:
    assert list(idle(load_config(None, words))) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], []),
        (
            ["grid.views=4", "cameras=20", "images_per_camera=3"],
            ["cameras, images_per_camera have no effect: grid.views is 4."],
        ),
        (
            ["occluders.cover=0.3"],
            ["occluders.cover has no effect: occluders.probability is 0.0."],
        ),
        (
            ["occluders.cover=0.3", "tables.o={columns: [occluders.probability], rows: [[1]]}"],
            [],
        ),
    ],
)
def test_of_images(words: list[str], said: list[str]) -> None:
    assert list(idle(load_image_config(None, words))) == said


def test_no_recipe_sets_what_has_no_effect() -> None:
    recipes = Path(__file__).parents[3] / "configs/synth"
    images = {"images", "finegpr-like", "synthetic18k-like"}
    for path in sorted(recipes.glob("*.yaml")):
        load = load_image_config if path.stem in images else load_config
        assert not list(idle(load(path))), path


def test_a_command_says_so_and_goes_on() -> None:
    words = ["render-images", "--dry-run", "grid.views=4", "--cameras", "20", "hours=noon"]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0
    assert "Note: cameras has no effect: grid.views is 4." in said.output


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("crowd.occlusion=true", "crowd: occlusion is a number, found true"),
        ("cameras_per_shot=true", "cameras_per_shot is a number, found true"),
        ("crowd.standing=false", "crowd: standing is a number, found false"),
    ],
)
def test_true_is_no_number(word: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_config(None, [word])
    assert load_image_config(None, ["render.light=true"]).render.light
