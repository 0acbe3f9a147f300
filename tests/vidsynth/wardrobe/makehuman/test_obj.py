import numpy as np
import pytest
from PIL import Image

from vidsynth.errors import AssetError
from vidsynth.wardrobe.makehuman.mhmat import read_paint
from vidsynth.wardrobe.makehuman.obj import read_obj

SQUARE = """\
o square
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
vt 0 0
vt 1 0
vt 1 1
vt 0 1
vn 0 0 1
s off
f 1/1/1 2/2/1 3/3/1 4/4/1
"""


def write(folder, text, name="square.obj"):
    path = folder / name
    path.write_text(text)
    return path


def test_faces_become_triangles_with_texture_coordinates_at_their_corners(tmp_path):
    mesh = read_obj(write(tmp_path, SQUARE))
    assert mesh.vertices == 4
    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert mesh.uv[1].tolist() == [[0, 0], [1, 1], [0, 1]]
    assert mesh.textured


@pytest.mark.parametrize("face", ["f 1 2 3 4", "f 1//1 2//1 3//1 4//1", "f -4 -3 -2 -1"])
def test_other_ways_to_write_a_face(tmp_path, face):
    lines = [line for line in SQUARE.splitlines() if not line.startswith("f ")]
    mesh = read_obj(write(tmp_path, "\n".join([*lines, face])))
    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert not mesh.textured


def test_faces_without_area_and_twins_are_left_out(tmp_path):
    mesh = read_obj(write(tmp_path, SQUARE + "f 1/1 1/1 2/2\nf 3/3 1/1 2/2\n"))
    assert len(mesh.triangles) == 2


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("f 1/1/1", "f 9/1/1", "line 12: expected a vertex from 1 to 4, .* found '9'"),
        ("f 1/1/1", "f 1/7/1", "line 12: expected a vt from 1 to 4"),
        ("f 1/1/1", "f x/1/1", "line 12: expected a vertex"),
        ("f 1/1/1 2/2/1 3/3/1 4/4/1", "f 1/1 2/2", "line 12: expected a face of three or more"),
        ("v 1 0 0", "v 1 0", "line 3: expected 'v x y z'"),
        ("v 1 0 0", "v 1 a 0", "line 3: expected a number"),
        ("f 1/1/1 2/2/1 3/3/1 4/4/1", "", "expected faces"),
    ],
)
def test_what_is_broken_is_named_with_its_line(tmp_path, old, new, says):
    with pytest.raises(AssetError, match=says) as failed:
        read_obj(write(tmp_path, SQUARE.replace(old, new, 1)))
    assert "square.obj" in str(failed.value)


def paint(folder, text, mesh=SQUARE):
    found = read_obj(write(folder, mesh))
    return read_paint(write(folder, text, "cloth.mhmat"), found, np.ones(2))


def test_a_material_without_a_picture_has_its_diffuse_colour(tmp_path):
    found = paint(tmp_path, "# note\nname x\ndiffuseColor 0.2 0.4 0.6\nshininess 1\n")
    assert found.colour == found.main == (0.2, 0.4, 0.6)
    assert found.texture is None


def test_the_main_colour_is_that_of_the_part_of_the_picture_that_is_used(tmp_path):
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, :32] = (200, 30, 30)
    Image.fromarray(picture).save(tmp_path / "a.png")
    left = SQUARE.replace("vt 1", "vt 0.3")
    found = paint(tmp_path, "diffuseColor 1 1 1\ndiffuseTexture a.png\n", left)
    np.testing.assert_allclose(found.main, np.array([200, 30, 30]) / 255, atol=0.01)
    assert found.texture == tmp_path / "a.png"
    assert not found.holes


def test_cloth_that_nobody_would_see_is_refused(tmp_path):
    Image.new("RGBA", (64, 64), (20, 200, 20, 0)).save(tmp_path / "a.png")
    with pytest.raises(AssetError, match=r"found a\.png transparent wherever it lies"):
        paint(tmp_path, "diffuseTexture a.png\n")


def test_a_transparent_picture_has_holes_that_do_not_count_as_colour(tmp_path):
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[:32] = (20, 200, 20, 255)
    Image.fromarray(picture).save(tmp_path / "a.png")
    found = paint(tmp_path, "diffuseTexture a.png\n")
    assert found.holes
    np.testing.assert_allclose(found.main, np.array([20, 200, 20]) / 255, atol=0.01)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("diffuseTexture no.png", "line 1: expected the picture .*no.png, found no such file"),
        ("name x\ndiffuseColor 1 0", "line 2: expected diffuseColor R G B"),
        ("diffuseColor 1 0 red", "line 1: expected a number, found 'red'"),
        ("diffuseTexture pointer.png", "Git LFS pointer"),
        ("diffuseTexture broken.png", "Expected a picture in .*broken.png"),
        ("diffuseTexture square.obj", "Expected a picture in .*square.obj"),
    ],
)
def test_a_broken_material_is_named(tmp_path, text, says):
    (tmp_path / "pointer.png").write_text("version https://git-lfs.github.com/spec/v1\n")
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "broken.png")
    first, *chunks = (tmp_path / "broken.png").read_bytes().split(b"IDAT")
    (tmp_path / "broken.png").write_bytes(b"IDAT".join([first, chunks[0]]) + bytes(99))
    with pytest.raises(AssetError, match=says):
        paint(tmp_path, text)


def test_a_picture_needs_texture_coordinates(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    with pytest.raises(AssetError, match="expected texture coordinates"):
        paint(tmp_path, "diffuseTexture a.png\n", SQUARE.replace("f 1/1/1", "f 1"))
