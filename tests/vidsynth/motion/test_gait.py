from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from vidsynth.body.anatomy import BONES
from vidsynth.motion.gait import joint_rotations
from vidsynth.people.gait import sample_gait

PHASES = np.arange(64) / 64


def draw(seed):
    rng = np.random.default_rng(seed)
    return sample_gait(rng, rng.uniform(1.4, 1.95), rng.uniform(16, 36), rng.uniform(12, 85))


@pytest.fixture(scope="module")
def gaits():
    return [draw(seed) for seed in range(25)]


def degrees(gait, bone, axis, phase=PHASES):
    turned = Rotation.from_matrix(joint_rotations(gait, phase)[:, BONES.index(bone)])
    return turned.as_rotvec(degrees=True)[:, "xyz".index(axis)]


def test_rotations_are_rotations_and_the_cycle_closes(gaits):
    for gait in gaits:
        turned = joint_rotations(gait, np.array([*PHASES, 1.0]))
        assert turned.shape == (65, len(BONES), 3, 3)
        unit = np.broadcast_to(np.eye(3), turned.shape)
        np.testing.assert_allclose(turned @ turned.swapaxes(-1, -2), unit, atol=1e-9)
        np.testing.assert_allclose(np.linalg.det(turned), 1)
        np.testing.assert_allclose(turned[-1], turned[0], atol=1e-9)


def test_the_knee_never_bends_backwards_and_is_a_hinge(gaits):
    for gait in gaits:
        for side in ("Left", "Right"):
            bend = degrees(gait, f"{side}Leg", "x")
            assert bend.min() >= 0
            assert 40 < bend.max() < 100
            assert np.abs(degrees(gait, f"{side}Leg", "y")).max() < 1e-9


def test_legs_take_turns(gaits):
    for gait in gaits:
        gait = replace(gait, leg_asymmetry=0.0)
        right, left = (degrees(gait, f"{side}Leg", "x") for side in ("Right", "Left"))
        np.testing.assert_allclose(np.roll(right, 32), left, atol=1e-6)
        thigh = {s: degrees(gait, f"{s}UpLeg", "x") for s in ("Right", "Left")}
        assert np.corrcoef(thigh["Right"], thigh["Left"])[0, 1] < -0.7


def test_the_right_arm_swings_against_the_right_leg(gaits):
    for gait in gaits:
        for side, other in (("Right", "Left"), ("Left", "Right")):
            arm = degrees(gait, f"{side}Arm", "x")
            assert np.corrcoef(arm, degrees(gait, f"{side}UpLeg", "x"))[0, 1] < -0.7
            assert np.corrcoef(arm, degrees(gait, f"{other}UpLeg", "x"))[0, 1] > 0.7


def test_asymmetry_gives_one_arm_the_larger_swing(gaits):
    gait = replace(gaits[0], arm_asymmetry=0.5)
    swing = {side: np.ptp(degrees(gait, f"{side}Arm", "x")) for side in ("Right", "Left")}
    assert swing["Right"] > 1.5 * swing["Left"]


def test_head_and_trunk_sway_little(gaits):
    for gait in gaits:
        turned = joint_rotations(gait, PHASES)
        chain = turned[:, BONES.index("Hips")]
        for bone in ("LowerBack", "Spine", "Spine1", "Neck", "Head"):
            chain = chain @ turned[:, BONES.index(bone)]
        yaw = Rotation.from_matrix(chain).as_euler("zyx", degrees=True)[:, 0]
        assert np.abs(yaw).max() < 20


def test_a_gait_is_a_signature(gaits):
    assert draw(3) == gaits[3]
    np.testing.assert_array_equal(
        joint_rotations(gaits[3], PHASES), joint_rotations(draw(3), PHASES)
    )
    for other in gaits[4:]:
        gap = joint_rotations(gaits[3], PHASES) - joint_rotations(other, PHASES)
        assert np.abs(gap).max() > 0.02


@pytest.mark.parametrize(
    ("trait", "value", "bone"),
    [
        ("knee_bend", 1.3, "RightLeg"), ("arm_swing", 1.8, "LeftArm"),
        ("elbow", 50.0, "RightForeArm"),
        ("trunk_lean", 14.0, "Spine"), ("toe_out", 18.0, "LeftUpLeg"), ("pelvis", 1.6, "Hips"),
        ("head_pitch", 20.0, "Head"), ("arm_abduction", 14.0, "RightArm"),
    ],
)  # fmt: skip
def test_every_trait_shows(gaits, trait, value, bone):
    changed = joint_rotations(replace(gaits[0], **{trait: value}), PHASES)
    gap = np.abs(changed - joint_rotations(gaits[0], PHASES)).max((0, 2, 3))
    assert gap[BONES.index(bone)] > 0.01
