import numpy as np
import pytest

from vidsynth.errors import AssetError
from vidsynth.wardrobe.makehuman.mhclo import read_mhclo

WHOLE = """\
# This is a clothes file for MakeHuman
basemesh hm08
tag Hats
tag Male

name old hat
obj_file hat.obj
x_scale 5399 11998 1.4800
z_scale 962 5320 1.9221
y_scale 791 881 2.3298
z_depth 70
verts 0
  251  5243  5244 0.60391 0.28706 0.10903 -0.00245 0.01323 0.03373
14742
material hat.mhmat
 7020 11853 11852 0.53311 0.29591 0.17098 0.00529 0.01134 0.03388

delete_verts
1355 - 1358 1420
1430-1432
"""


def write(folder, text):
    for name in ("hat.obj", "hat.mhmat"):
        (folder / name).touch()
    path = folder / "hat.mhclo"
    path.write_text(text)
    return path


def test_bindings_scales_and_deleted_vertices_are_read(tmp_path):
    path = write(tmp_path, WHOLE)
    clothing = read_mhclo(path)
    assert (clothing.name, clothing.tags, clothing.z_depth) == ("old hat", ("Hats", "Male"), 70)
    assert (clothing.mesh, clothing.material) == (tmp_path / "hat.obj", tmp_path / "hat.mhmat")
    assert clothing.bound.tolist() == [[251, 5243, 5244], [14742] * 3, [7020, 11853, 11852]]
    np.testing.assert_allclose(clothing.shares.sum(1), 1)
    np.testing.assert_allclose(clothing.offsets[[0, 1]], [[-0.00245, 0.01323, 0.03373], [0, 0, 0]])
    assert clothing.scales["y_scale"] == (791, 881, 2.3298)
    assert clothing.deleted.tolist() == [1355, 1356, 1357, 1358, 1420, 1430, 1431, 1432]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("14742\n", "19158\n", "line 14: expected a vertex of hm08, 0 to 19157, found '19158'"),
        ("14742\n", "-3\n", "line 14: expected a vertex"),
        ("14742\n", "14742 5 6 0.5\n", "line 14: expected .* found 4 columns"),
        (" 0.10903 -0.00245", " 0.5 -0.00245", "line 13: expected weights that sum to 1"),
        ("0.60391", "nan", "line 13: expected a number, found 'nan'"),
        ("1355 - 1358", "1355 - - 1358", "line 19: expected vertices and ranges"),
        ("basemesh hm08", "basemesh alpha_7", "line 2: expected clothes for the base mesh hm08"),
        ("5399 11998 1.4800", "5399 1.4800", "line 8: expected two vertices and a length"),
        ("1.4800", "0", "line 8: expected a length above 0"),
        ("obj_file hat.obj\n", "", "expected a line 'obj_file NAME.obj'"),
        ("hat.obj", "cap.obj", "line 7: expected the file .*cap.obj, found no such file"),
        ("hat.mhmat", "cap.mhmat", "line 15: expected the file .*cap.mhmat"),
        ("verts 0\n", "", "line 12: expected 'verts 0' before numbers"),
        (WHOLE[WHOLE.index("verts") :], "", "expected 'verts 0' and a line for each vertex"),
    ],
)
def test_what_is_broken_is_named_with_its_line(tmp_path, old, new, says):
    assert old in WHOLE
    with pytest.raises(AssetError, match=says) as failed:
        read_mhclo(write(tmp_path, WHOLE.replace(old, new, 1)))
    assert "hat.mhclo" in str(failed.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(AssetError, match=r"no\.mhclo"):
        read_mhclo(tmp_path / "no.mhclo")
