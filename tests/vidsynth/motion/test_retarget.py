from pathlib import Path

import numpy as np
import pytest

from tests.vidsynth.motion.made_up_bvh import walk
from vidsynth.body.anatomy import BONES, PARENTS
from vidsynth.errors import MotionError
from vidsynth.motion.bvh import read_bvh
from vidsynth.motion.bvh_joints import find_joints
from vidsynth.motion.capture import load_capture
from vidsynth.motion.captured_path import captured_speed
from vidsynth.motion.joint_map import read_joint_map
from vidsynth.motion.retarget import ENDS, retarget

CMU = {
    "LeftHand": ("LeftHand", "LeftFingerBase"), "RightHand": ("RightHand", "RightFingerBase"),
} | {bone: (bone, end) for bone, end in ENDS.items() if "Hand" not in bone}  # fmt: skip
"""Where a bone of ours starts and ends in CMU's files, whose joints have our names."""


def axis_turn(axis, degrees):
    """Rotation about x, y or z, written out."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    i, j = {"X": (1, 2), "Y": (2, 0), "Z": (0, 1)}[axis]
    turn = np.eye(3)
    turn[i, i], turn[i, j], turn[j, i], turn[j, j] = c, -s, s, c
    return turn


def joint_places(bvh, frame):
    """Joints by name, y up, one after the other, by the definition of the format."""
    column, places, turns = 0, {}, {}
    for name, parent, offset, channels in zip(
        bvh.names, bvh.parents, bvh.offsets, bvh.channels, strict=True
    ):
        offset, turn = offset.copy(), np.eye(3)
        for channel in channels:
            value = bvh.values[frame, column]
            column += 1
            if channel.endswith("position"):
                offset["XYZ".index(channel[0])] = value
            else:
                turn = turn @ axis_turn(channel[0], value)
        if parent < 0:
            places[name], turns[name] = offset, turn
        else:
            above = bvh.names[parent]
            places[name] = places[above] + turns[above] @ offset
            turns[name] = turns[above] @ turn
    return places


def body_places(heads, rotations):
    """Joints (31, 3) of a body whose bones are turned relative to their parents."""
    places, turns = [heads[0]], [rotations[0]]
    for bone in range(1, len(BONES)):
        parent = PARENTS[bone]
        places.append(places[parent] + turns[parent] @ (heads[bone] - heads[parent]))
        turns.append(turns[parent] @ rotations[bone])
    return np.array(places)


def largest_error(bvh, capture, shape, bones, axes, every):
    """Degrees between our bones and the file's over frames, and how many were compared."""
    heads = shape.heads
    rotations = retarget(capture, heads)
    skipped = len(bvh.values) - len(rotations)
    worst, compared = 0.0, set()
    for frame in range(0, len(rotations), every):
        theirs = joint_places(bvh, frame + skipped)
        ours = body_places(heads, rotations[frame])
        for bone, (start, end) in bones.items():
            aim = axes @ (theirs[end] - theirs[start])
            if np.linalg.norm(aim) < 0.1:
                continue
            along = ours[BONES.index(ENDS[bone])] - ours[BONES.index(bone)]
            angle = np.arctan2(np.linalg.norm(np.cross(aim, along)), aim @ along)
            worst = max(worst, float(np.degrees(angle)))
            compared.add(bone)
    return worst, compared


Y_UP = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


@pytest.mark.parametrize(
    "file",
    [
        "cmu_02_01_walk.bvh", "cmu_02_01_walk_cgspeed.bvh", "cmu_02_03_run_jog.bvh",
        "cmu_02_06_bend_scoop_rise_stand.bvh", "cmu_03_01_walk_uneven.bvh", "cmu_08_02_walk.bvh",
    ],
)  # fmt: skip
def test_every_bone_of_a_cmu_file_keeps_its_direction(captured, shapes, file):
    bvh, capture = read_bvh(captured / file), load_capture(captured / file)
    for _, shape in shapes:
        worst, compared = largest_error(bvh, capture, shape, CMU, Y_UP, every=23)
        assert worst < 0.1
        # Some files have the arms part where the spine ends: no length, no direction.
        assert compared >= CMU.keys() - {"Spine1", "LeftHand", "RightHand"}


def test_other_names_axes_and_split_bones(captured, shapes):
    """3ds Max's names with hanging arms; MakeHuman's z up, its limbs split in two."""
    cases = (
        ("cmu_131_01_start_walk_stop.bvh", Y_UP, "{}Hip {}Knee {}Ankle {}Toe",
         "{}Shoulder {}Elbow {}Wrist"),
        ("mass_walk.bvh", Y_UP, "Character1_{}UpLeg Character1_{}Leg Character1_{}Foot "
         "Character1_{}ToeBase", "Character1_{}Arm Character1_{}ForeArm Character1_{}Hand"),
        ("makehuman_poses/standing01.bvh", np.eye(3),
         "upperleg01.{} lowerleg01.{} foot.{} toe3-1.{}",
         "upperarm01.{} lowerarm01.{} wrist.{}"),
    )  # fmt: skip
    for file, axes, leg, arm in cases:
        bvh, capture = read_bvh(captured / file), load_capture(captured / file)
        bones = {}
        for side in ("Left", "Right"):
            short = side[0] if "makehuman" in file else side
            for names, parts in ((leg, ("UpLeg", "Leg", "Foot")), (arm, ("Arm", "ForeArm"))):
                chain = names.format(*[short] * 4).split()
                bones |= {side + p: (chain[k], chain[k + 1]) for k, p in enumerate(parts)}
        if "makehuman" in file:  # its root adds to its OFFSET nothing, but its joints do
            bvh = _without_positions(bvh)
        worst, compared = largest_error(bvh, capture, shapes[0][1], bones, axes, every=97)
        assert worst < 0.1
        assert len(compared) == 10


def _without_positions(bvh):
    from dataclasses import replace

    keep = [c.endswith("rotation") for channels in bvh.channels for c in channels]
    channels = tuple(tuple(c for c in some if c.endswith("rotation")) for some in bvh.channels)
    return replace(bvh, channels=channels, values=bvh.values[:, keep])


def test_all_shared_files_can_be_mapped(captured):
    files = sorted(captured.rglob("*.bvh"))
    assert len(files) > 20
    for path in files:
        capture = load_capture(path)
        assert {"LeftUpLeg", "RightForeArm", "Spine1", "Head"} <= set(capture.bones)
        assert 0.75 < capture.leg < 0.95
        above = capture.points.mean((0, 1))[2] - capture.feet[..., 2].mean()
        assert above > 0.3


def test_rotations_are_rotations_and_missing_bones_rest(walk_file, shapes):
    rotations = retarget(load_capture(walk_file), shapes[1][1].heads)
    unit = np.broadcast_to(np.eye(3), rotations.shape)
    np.testing.assert_allclose(rotations @ rotations.swapaxes(-1, -2), unit, atol=1e-9)
    np.testing.assert_allclose(np.linalg.det(rotations), 1)
    for bone in ("LThumb", "LeftHandFinger1", "RHipJoint"):
        np.testing.assert_allclose(rotations[:, BONES.index(bone)], unit[:, 0], atol=1e-12)


def test_a_level_arm_has_its_palm_down_and_the_wrist_is_not_wrung(tmp_path, shapes):
    """The rest pose of the file: thumbs in front, the twist shared by forearm and wrist."""
    path = tmp_path / "t.bvh"
    text = walk(0.5, pace=0.0).splitlines()
    start = next(k for k, line in enumerate(text) if line.startswith("Frame Time")) + 1
    values = np.array([line.split() for line in text[start:]], float)
    values[:, 3:] = 0
    path.write_text("\n".join(text[:start] + [" ".join(map(str, frame)) for frame in values]))
    heads = shapes[0][1].heads
    rotations = retarget(load_capture(path), heads)[0]
    places = body_places(heads, rotations)
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        at = {part: places[BONES.index(f"{side}{part}")] for part in ("Arm", "ForeArm", "Hand")}
        np.testing.assert_allclose(
            (at["Hand"] - at["Arm"]) / np.linalg.norm(at["Hand"] - at["Arm"]), [sign, 0, 0],
            atol=1e-3,
        )  # fmt: skip
        thumb = places[BONES.index(f"{side[0]}Thumb")] - at["Hand"]
        assert thumb[1] < 0
        assert abs(thumb[2]) < 0.3 * abs(thumb[1])
        wrist = np.trace(rotations[BONES.index(f"{side}Hand")])
        assert np.degrees(np.arccos((wrist - 1) / 2)) < 45


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("LeftLeg", "LeftSpring", "LeftLeg"),
        ("RightForeArm", "Wing", "RightForeArm"),
        ("RightUpLeg", "Tail", "RightUpLeg"),
    ],
)
def test_joints_that_are_needed_are_asked_for_by_name(tmp_path, old, new, missing):
    path = tmp_path / "odd.bvh"
    path.write_text(walk(0.1).replace(old, new))
    with pytest.raises(MotionError, match=f"expected the joints {missing} or") as error:
        load_capture(path)
    assert "MotionBuilder, Mixamo, CMU" in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("prefix", ["mixamorig:", "Character1_", "mixamorig", "Figure:"])
def test_prefixes_do_not_matter(tmp_path, prefix):
    path, plain = tmp_path / "a.bvh", tmp_path / "b.bvh"
    plain.write_text(walk(0.1))
    path.write_text(
        walk(0.1).replace("JOINT ", f"JOINT {prefix}").replace("ROOT ", f"ROOT {prefix}")
    )
    assert find_joints(read_bvh(path)) == find_joints(read_bvh(plain))


UNITY = {"UpLeg": "UpperLeg", "Leg": "LowerLeg", "Foot": "Foot", "ToeBase": "Toes",
         "Arm": "UpperArm", "ForeArm": "LowerArm", "Hand": "Hand"}  # fmt: skip
WRITTEN = {
    "Unity": ("Left{}", "Right{}", UNITY),
    "VRM, with a prefix": ("Armature_left{}", "Armature_right{}", UNITY),
    "VRoid": ("J_Bip_L_{}", "J_Bip_R_{}", UNITY | {"ToeBase": "ToeBase"}),
    "Rokoko": ("Left{}", "Right{}", {"UpLeg": "Thigh", "Leg": "Shin", "Foot": "Foot",
               "ToeBase": "Toe", "Arm": "Arm", "ForeArm": "ForeArm", "Hand": "Hand"}),
    "Bandai Namco": ("{}_L", "{}_R", UNITY),
    "Xsens": ("Left{}", "Right{}", UNITY | {"ToeBase": "Toe", "ForeArm": "ForeArm"}),
    "OptiTrack": ("Skeleton_L{}", "Skeleton_R{}", {"UpLeg": "Thigh", "Leg": "Shin", "Foot": "Foot",
                  "ToeBase": "Toe", "Arm": "UArm", "ForeArm": "FArm", "Hand": "Hand"}),
    "Biped under a root of its own": ("Bip01 L {}", "Bip01 R {}", {"UpLeg": "Thigh", "Leg": "Calf",
               "Foot": "Foot", "ToeBase": "Toe0", "Arm": "UpperArm", "ForeArm": "Forearm",
               "Hand": "Hand"}),
}  # fmt: skip


def written(left: str, right: str, words: dict[str, str], root: str = "Hips") -> str:
    """The made-up walk with other names of limbs and root; ends of fingers and toes as they are."""
    text = walk(0.1).replace("ROOT Hips", f"ROOT {root}")
    for side, form in (("Left", left), ("Right", right)):
        for part, word in words.items():
            text = text.replace(f"JOINT {side}{part}\n", f"JOINT {form.format(word)}\n")
    return text


@pytest.mark.parametrize("root", ["Hips", "Scene", "rig_root"])
@pytest.mark.parametrize("naming", WRITTEN)
def test_each_naming_is_known_under_any_root(tmp_path, naming, root):
    path, plain = tmp_path / "a.bvh", tmp_path / "b.bvh"
    plain.write_text(walk(0.1))
    path.write_text(written(*WRITTEN[naming], root))
    assert find_joints(read_bvh(path)) == find_joints(read_bvh(plain))


ODD = ("{}_sx", "{}_dx", {"UpLeg": "femur", "Leg": "tibia", "Foot": "talus", "ToeBase": "toes",
       "Arm": "humerus", "ForeArm": "ulna", "Hand": "carpus"})  # fmt: skip


def joint_map(path, **changed):
    """A file that names the joints of ODD."""
    names = {
        f"{side}{part}": form.format(word)
        for side, form in (("Left", ODD[0]), ("Right", ODD[1]))
        for part, word in ODD[2].items()
    } | {"Head": "Head"}
    lines = [f"{part}: {joint}" for part, joint in (names | changed).items() if joint]
    path.write_text("\n".join(lines))
    return path


def test_any_other_names_are_said_in_a_file(tmp_path):
    path, plain = tmp_path / "a.bvh", tmp_path / "b.bvh"
    plain.write_text(walk())
    path.write_text(walk().replace(walk(0.1).partition("MOTION")[0],
                                   written(*ODD).partition("MOTION")[0]))  # fmt: skip
    with pytest.raises(MotionError, match=r"motion\.joint_map"):
        load_capture(path)
    named = joint_map(tmp_path / "joints.yaml")
    assert find_joints(read_bvh(path), read_joint_map(named)) == find_joints(read_bvh(plain))
    assert captured_speed(path, 1.7, named) == captured_speed(plain, 1.7) > 0.5


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"LeftUpLeg": "femur_sy"}, r"femur_sy \(LeftUpLeg; nearest is femur_sx\)"),
        ({"LeftThigh": "femur_sx"}, r"LeftThigh'? is no part of a body: did you mean Left"),
        ({"RightLeg": "tibia_sx"}, r"LeftLeg and RightLeg are both .?tibia_sx"),
        ({"RightLeg": None}, r"expected the joints RightLeg in motion\.joint_map"),
        ({"RightLeg": "3"}, r"expected the name of a joint as RightLeg, found 3"),
    ],
)
def test_a_joint_map_that_does_not_fit_says_what_is_nearest(tmp_path, changed, says):
    path = tmp_path / "a.bvh"
    path.write_text(written(*ODD))
    named = joint_map(tmp_path / "joints.yaml", **changed)
    with pytest.raises(MotionError, match=says):
        find_joints(read_bvh(path), read_joint_map(named))


def test_a_joint_that_is_nearly_called_as_it_should_be_is_shown(tmp_path):
    path = tmp_path / "a.bvh"
    path.write_text(walk(0.1).replace("JOINT LeftUpLeg", "JOINT LeftUppLeg"))
    with pytest.raises(MotionError, match="nearest: LeftUppLeg for LeftUpLeg"):
        find_joints(read_bvh(path))


def test_a_skeleton_without_hips_apart_or_without_legs_is_refused(tmp_path):
    for number, (old, new) in enumerate((("OFFSET 10 -4 0", "OFFSET 0 -4 0"), ("-43", "0"))):
        path = tmp_path / f"{number}.bvh"
        path.write_text(walk(0.1).replace(old, new).replace(old.replace("10", "-10"), new))
        with pytest.raises(MotionError, match=r"is it a person's|are its OFFSETs"):
            load_capture(Path(path))
