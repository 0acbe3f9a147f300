import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tests.vidsynth.motion.made_up_bvh import walk
from vidsynth.errors import MotionError
from vidsynth.motion.bvh import joints_of, read_bvh

SMALL = """HIERARCHY
ROOT A
{
  OFFSET 5 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT B c
  {
    OFFSET 0 2 0
    CHANNELS 3 Yrotation Zrotation Xrotation
    End Site
    {
      OFFSET 0 0 1
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.04
1 2 3 90 0 0 0 0 0
0 0 0 10 20 30 40 50 60
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="a.bvh"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_file_is_read_as_it_stands(write):
    bvh = read_bvh(write(SMALL))
    assert bvh.names == ("A", "B c", "B c end")
    assert bvh.parents == (-1, 0, 1)
    assert bvh.channels[1] == ("Yrotation", "Zrotation", "Xrotation")
    assert bvh.offsets.tolist() == [[5, 0, 0], [0, 2, 0], [0, 0, 1]]
    assert bvh.values.shape == (2, 9)
    assert bvh.frame_time == 0.04


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\n\n") + "\n\n",
        lambda text: text.replace("rotation", "ROTATION").replace("OFFSET", "offset"),
        lambda text: text.replace(" ", "\t"),
        lambda text: text.rstrip("\n"),
    ],
)
def test_line_ends_case_and_blanks_do_not_matter(write, change):
    plain, other = read_bvh(write(SMALL)), read_bvh(write(change(SMALL), "b.bvh"))
    assert other.parents == plain.parents
    assert [c for c in other.channels] == [c for c in plain.channels]
    np.testing.assert_array_equal(other.values, plain.values)


def test_channels_apply_in_the_order_of_the_file_and_positions_replace_the_roots_offset(write):
    positions, rotations = joints_of(read_bvh(write(SMALL)))
    np.testing.assert_allclose(positions[0], [[1, 2, 3], [-1, 2, 3], [-1, 2, 4]], atol=1e-12)
    root = Rotation.from_euler("ZXY", (10, 20, 30), degrees=True)
    turned = root * Rotation.from_euler("YZX", (40, 50, 60), degrees=True)
    np.testing.assert_allclose(rotations[1, 1], turned.as_matrix(), atol=1e-12)
    np.testing.assert_allclose(positions[1, 1], root.apply([0, 2, 0]), atol=1e-12)
    np.testing.assert_allclose(
        positions[1, 2], root.apply([0, 2, 0]) + turned.apply([0, 0, 1]), atol=1e-12
    )


@pytest.mark.parametrize(("values", "reach"), [("0 0 0", 3), ("0 3 0", 3), ("0 3.1 0.2", 3.1)])
def test_position_channels_of_a_joint_add_to_its_offset_or_replace_it(write, values, reach):
    text = SMALL.replace(
        "OFFSET 0 2 0\n    CHANNELS 3 Yr", "OFFSET 0 3 0\n    CHANNELS 6 Xposition Yposition "
        "Zposition Yr"
    )  # fmt: skip
    text = text.replace("3 90 0 0 0 0 0", f"3 0 0 0 {values} 0 0 0")
    text = text.replace("30 40 50 60", f"30 {values} 40 50 60")
    positions, _ = joints_of(read_bvh(write(text)))
    assert positions[0, 1, 1] - positions[0, 0, 1] == pytest.approx(reach)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("HIERARCHY", "HIERARCHIE", 1, "is this a BVH file"),
        ("ROOT A", "ROOT", 2, "a name"),
        ("ROOT A\n{", "ROOT A", 3, "{ after A"),
        ("  OFFSET 5 0 0\n", "", 4, "OFFSET of A"),
        ("OFFSET 5 0 0", "OFFSET 5 0", 4, "3 numbers"),
        ("OFFSET 5 0 0", "OFFSET 5 zero 0", 4, "'zero'"),
        ("OFFSET 5 0 0", "OFFSET nan 0 0", 4, "'nan'"),
        ("CHANNELS 6", "CHANNELS 5", 5, "their number"),
        ("CHANNELS 6", "CHANNELS six", 5, "their number"),
        ("Zrotation Xrotation Yr", "Wrotation Xrotation Yr", 5, "'Wrotation'"),
        ("Zrotation Xrotation Yr", "Yrotation Xrotation Yr", 5, "each once"),
        ("    End Site", "    Ende", 10, "JOINT, End Site or }"),
        ("      OFFSET 0 0 1", "      OFFSET 0 0 1\n      JOINT C", 13, "}"),
        ("}\nMOTION", "}\nROOT B", 16, "one skeleton per file"),
        ("Frames: 2", "Frames: two", 17, "whole number"),
        ("Frames: 2", "Frames: -2", 17, "whole number"),
        ("Frames: 2", "Frames: 0", 17, "cut off or its count"),
        ("Frames: 2", "Frames: 3", 17, "Frames: 3 and 2 lines"),
        ("Frames: 2", "Frames: 1", 17, "Frames: 1 and 2 lines"),
        ("Frames: 2", "Frames: " + "9" * 5000, 17, "and 2 lines"),
        ("Time: 0.04", "Time: 0", 18, "0.001 to 1"),
        ("Time: 0.04", "Time: inf", 18, "finite"),
        ("Time: 0.04", "Time:", 18, "1 numbers"),
        ("Frame Time", "Frame Rate", 18, "Frame Time"),
        ("30 40 50 60", "30 40 50", 20, "channels of frame 2"),
        ("30 40 50 60", "30 40 50 60 70", 20, "channels of frame 2"),
        ("30 40 50 60", "30 40 50 nan", 20, "'nan'"),
        ("30 40 50 60", "30 40 50 1e300", 20, "finite"),
        ("30 40 50 60", "30 40 50 1,5", 20, "'1,5'"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_its_line(write, old, new, line, says):
    assert old in SMALL
    path = write(SMALL.replace(old, new))
    with pytest.raises(MotionError) as error:
        read_bvh(path)
    assert f"{path}, line {line}: expected" in str(error.value)
    assert says in str(error.value)
    assert len(str(error.value)) < 600


def test_a_file_cut_off_anywhere_is_refused(write):
    for end in range(0, len(SMALL) - 2, 7):
        with pytest.raises(MotionError):
            read_bvh(write(SMALL[:end]))


def test_what_is_no_text_or_no_file_is_refused(write, tmp_path):
    with pytest.raises(MotionError, match="binary"):
        read_bvh(write(b"HIERARCHY\0\1\2"))
    with pytest.raises(MotionError, match="No such file"):
        read_bvh(tmp_path / "absent.bvh")
    with pytest.raises(MotionError, match="end of the file"):
        read_bvh(write(""))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damage_is_an_error_or_none_but_never_a_crash(tmp_path_factory, data):
    text = bytearray(walk(0.1).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    path = tmp_path_factory.getbasetemp() / "damaged.bvh"
    path.write_bytes(bytes(text))
    try:
        bvh = read_bvh(path)
    except MotionError:
        return
    positions, rotations = joints_of(bvh)
    assert np.isfinite(positions).all()
    assert np.isfinite(rotations).all()
