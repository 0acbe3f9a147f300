import numpy as np
import pytest
from PIL import Image

from vidsynth.colour import term
from vidsynth.errors import PictureError
from vidsynth.wardrobe.cloth_pictures import cloth, cloth_pictures, measure


def save(path, pixels):
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path)


def test_the_colours_are_what_most_of_a_picture_shows(tmp_path):
    pixels = np.zeros((90, 90, 3), np.uint8)
    pixels[:] = (180, 25, 30)
    pixels[:30] = (20, 30, 90)
    pixels[:4, :8] = (240, 240, 240)
    save(tmp_path / "a.png", pixels)
    found = measure(tmp_path, "a.png")
    assert term(found.colour) == "red"
    np.testing.assert_allclose(found.colour, np.array([180, 25, 30]) / 255, atol=0.03)
    assert found.second is not None
    assert term(found.second) == "blue"


def test_one_colour_has_no_second(tmp_path):
    save(tmp_path / "a.png", np.full((80, 70, 3), 200))
    assert measure(tmp_path, "a.png").second is None


def test_what_is_transparent_counts_as_white(tmp_path):
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "layered.png")
    assert cloth(tmp_path / "layered.png").getpixel((0, 0)) == (255, 255, 255)


def test_missing_pictures_are_named(tmp_path):
    with pytest.raises(PictureError, match=r"textures\.directory.*none"):
        cloth_pictures(tmp_path)
    with pytest.raises(PictureError, match="nowhere"):
        cloth_pictures(tmp_path / "nowhere")
