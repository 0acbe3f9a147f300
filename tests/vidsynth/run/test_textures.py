"""Cloth made of pictures, from the plan to the tables."""

import json

import pyarrow.parquet as pq
import pytest
from PIL import Image

from tests.vidsynth.run.test_local import CONFIG, painted
from vidsynth.config import TextureConfig
from vidsynth.errors import OutputError, PictureError
from vidsynth.planning.tracklets import TrackletPlan


@pytest.fixture
def fabrics(tmp_path):
    folder = tmp_path / "fabrics"
    folder.mkdir()
    for name, colour in (("red.png", (170, 25, 28)), ("blue.jpg", (36, 77, 158))):
        Image.new("RGB", (90, 80), colour).save(folder / name)
    return folder


def made_of(folder):
    return CONFIG.model_copy(update={"textures": TextureConfig(directory=folder, share=1.0)})


def test_everybody_wears_pictures_and_the_tables_name_them(fabrics, tmp_path):
    root, config = tmp_path / "set", made_of(fabrics)
    painted(root, config=config)
    rows = pq.read_table(root / "persons.parquet").to_pylist()
    assert {row["upper_picture"] for row in rows} == {"red.png", "blue.jpg"}
    for row in rows:
        assert row["attribute_upper_colour"] == row["upper_picture"].partition(".")[0]
        assert row["attribute_upper_second_colour"] == "none"
    description = json.loads((root / "dataset.json").read_text())
    assert set(description["textures"]) == {"red.png", "blue.jpg"}


def test_a_shot_knows_the_folder_and_bodies_stay(fabrics):
    clad, plain = TrackletPlan(made_of(fabrics)).shot(0), TrackletPlan(CONFIG).shot(0)
    assert clad.textures == fabrics
    assert plain.textures is None
    bodies = [[walker.person.body for walker in shot.walkers] for shot in (clad, plain)]
    assert bodies[0] == bodies[1]


def test_other_pictures_are_another_set_and_broken_ones_none(fabrics, tmp_path):
    root, config = tmp_path / "set", made_of(fabrics)
    painted(root, config=config)
    Image.new("RGB", (90, 80), (0, 0, 0)).save(fabrics / "red.png")
    with pytest.raises(OutputError, match=r"cloth picture red\.png"):
        painted(root, config=config)
    (fabrics / "red.png").write_bytes(b"\x89PNG")
    with pytest.raises(PictureError, match=r"textures\.directory.*red\.png"):
        painted(tmp_path / "other", config=config)
    assert not (tmp_path / "other").exists()
