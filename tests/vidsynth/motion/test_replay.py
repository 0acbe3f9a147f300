from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.motion.made_up_bvh import LEG, STRIDE, walk
from vidsynth.body.anatomy import BONES
from vidsynth.motion.capture import load_capture
from vidsynth.motion.captured_path import LEG_SHARE, captured_loop, captured_speed, smooth_path
from vidsynth.motion.loops import find_loop
from vidsynth.motion.retarget import retarget

WALKS = ("cmu_02_01_walk.bvh", "cmu_02_02_walk.bvh", "cmu_07_01_walk.bvh", "cmu_08_02_walk.bvh")
RUNS = ("cmu_02_03_run_jog.bvh", "cmu_09_11_run.bvh")


def steps_of(path, shape, fps=25, seconds=4.0):
    """A walk along -y at ``fps``: the soles (T, S, 3) with the ground at 0, and the lift (T,)."""
    from vidsynth.motion.replay import replay
    from vidsynth.motion.retargeted_feet import soles

    acted = replay(path, shape)
    times = np.arange(int(fps * seconds)) / fps
    rotations, sway, lift = acted.at(0.3 + times / acted.seconds)
    points = np.concatenate(soles(shape, rotations), 1)
    points[..., 2] += (lift - points[..., 2].min(1))[:, None]
    points[..., :2] += sway[:, None]
    points[..., 1] -= acted.speed * times[:, None]
    return points, lift


def slides(points, lift):
    """Metres the standing foot's lowest point moves between frames and is above ground, flight left
    out. Of two feet the one that moves less stands."""
    now, half = np.arange(len(points) - 1), points.shape[1] // 2
    moved, height = [], []
    for foot in (points[:, :half], points[:, half:]):
        lowest = (foot[:-1, :, 2] + foot[1:, :, 2]).argmin(1)
        step = foot[now + 1, lowest] - foot[now, lowest]
        moved.append(np.linalg.norm(step[:, :2], axis=1))
        height.append(foot[now, lowest, 2])
    stands = np.argmin(moved, 0)
    grounded = (lift[:-1] == 0) & (lift[1:] == 0)
    return np.choose(stands, moved)[grounded], np.choose(stands, height)[grounded]


def test_the_made_up_walk_repeats_after_a_cycle(walk_file):
    capture, loop = captured_loop(walk_file)
    assert loop.walks
    cycles = (loop.last - loop.first) / capture.fps / 1.1
    assert cycles == pytest.approx(round(cycles), abs=0.03)
    per_second = STRIDE / LEG / 1.1 * LEG_SHARE
    assert captured_speed(walk_file, 1.8) == pytest.approx(1.8 * per_second, rel=0.02)


def test_units_are_guessed_by_the_legs_and_do_not_matter(walk_file, tmp_path):
    from vidsynth.motion.bvh import read_bvh

    inches = tmp_path / "inches.bvh"
    bvh = read_bvh(walk_file)
    lines = []
    for line in walk_file.read_text().splitlines():
        words = line.split()
        if words[0] == "OFFSET":
            line = "OFFSET " + " ".join(str(float(w) / 2.54) for w in words[1:])
        elif len(words) == bvh.values.shape[1]:
            line = " ".join([*(str(float(w) / 2.54) for w in words[:3]), *words[3:]])
        lines.append(line)
    inches.write_text("\n".join(lines))
    assert load_capture(inches).leg == pytest.approx(load_capture(walk_file).leg)
    assert captured_speed(inches, 1.7) == pytest.approx(captured_speed(walk_file, 1.7), rel=1e-3)


def test_someone_who_stays_in_place_does_not_walk(tmp_path):
    path = tmp_path / "stands.bvh"
    path.write_text(walk(3, pace=0.0))
    assert not find_loop(load_capture(path)).walks
    assert captured_speed(path, 1.7) == 0


def test_a_pose_of_one_frame_is_held(tmp_path, shapes):
    from vidsynth.motion.replay import replay

    path = tmp_path / "pose.bvh"
    path.write_text(walk(0.001, pace=0.0))
    acted = replay(path, shapes[0][1])
    rotations, sway, lift = acted.at(np.linspace(0, 3, 7))
    np.testing.assert_allclose(rotations, np.broadcast_to(rotations[0], rotations.shape))
    assert not sway.any()
    assert not lift.any()


def test_a_t_pose_in_front_is_left_out(captured):
    plain = load_capture(captured / "cmu_02_01_walk.bvh")
    led = load_capture(captured / "cmu_02_01_walk_cgspeed.bvh")
    assert len(plain.hips) == len(led.hips) == 343


def test_the_way_of_a_straight_walk_is_straight(captured):
    capture, loop = captured_loop(captured / "cmu_02_01_walk.bvh")
    frames = np.arange(loop.first, loop.last + 1)
    heading, walked, aside = smooth_path(capture, loop, frames)
    assert np.degrees(np.ptp(heading)) < 3
    assert walked[-1] / (frames[-1] - frames[0]) * capture.fps == pytest.approx(1.18, abs=0.02)
    assert np.abs(aside).max() < 0.08


def test_a_walk_is_looped_over_whole_cycles(captured):
    """Subject 02 takes 1.12 and 0.99 seconds for two steps, and jogs in 0.76."""
    for file, cycle in (("02_01_walk", 1.12), ("02_02_walk", 0.99), ("02_03_run_jog", 0.76)):
        capture, loop = captured_loop(captured / f"cmu_{file}.bvh")
        cycles = (loop.last - loop.first) / capture.fps / cycle
        assert cycles == pytest.approx(round(cycles), abs=0.04)


def test_the_loop_closes_without_a_jerk(captured, shapes):
    from vidsynth.motion.replay import replay

    for file in WALKS:
        acted = replay(captured / file, shapes[0][1])
        turned = acted.rotations
        count = len(turned)
        change = turned.swapaxes(-1, -2) @ turned[(np.arange(count) + 1) % count]
        trace = np.trace(change, axis1=-2, axis2=-1)
        angle = np.degrees(np.arccos(np.clip((trace - 1) / 2, -1, 1))).max(1)
        assert angle[-1] <= 1.5 * np.quantile(angle, 0.95)
        swung = np.linalg.norm(np.diff(acted.sway, axis=0, append=acted.sway[:1]), axis=1)
        assert swung[-1] <= 1.5 * swung.max()


def test_what_is_played_is_what_was_captured(captured, shapes):
    """Bone for bone, but for the feet, the heading and the end that closes the loop."""
    from vidsynth.motion.replay import replay

    for file in (*WALKS, "mass_walk.bvh"):
        capture, loop = captured_loop(captured / file)
        for _, shape in shapes:
            played = replay(captured / file, shape).rotations
            count = len(played)
            frames = np.linspace(loop.first, loop.last, count + 1).round().astype(int)[: count // 2]
            heads = shape.heads
            wanted = retarget(capture, heads, frames)
            played = played[: count // 2]
            changed = {
                bone
                for k, bone in enumerate(BONES)
                if np.abs(played[:, k] - wanted[:, k]).max() > 1e-9
            }
            feet = {bone for bone in BONES if bone.endswith(("Foot", "ToeBase"))}
            assert changed <= {"Hips"} | feet
            turn = played[:, 0] @ wanted[:, 0].swapaxes(1, 2)
            np.testing.assert_allclose(turn[:, 2, 2], 1, atol=1e-9)


@pytest.mark.parametrize("file", WALKS)
def test_the_standing_foot_of_a_walk_does_not_slide(captured, shapes, file):
    """Between frames at 25 a second, at which the body moves by 5 cm."""
    for _, shape in shapes:
        moved, height = slides(*steps_of(captured / file, shape))
        assert np.median(moved) < 0.003
        assert np.quantile(moved, 0.9) < 0.012
        assert moved.max() < 0.025
        assert np.quantile(height, 0.95) < 0.025


def test_the_made_up_walk_does_not_slide_and_never_flies(walk_file, shapes):
    points, lift = steps_of(walk_file, shapes[0][1])
    moved, height = slides(points, lift)
    assert np.quantile(moved, 0.9) < 0.02
    assert np.quantile(height, 0.95) < 0.025
    assert lift.max() < 0.005


def test_a_run_flies_and_lands(captured, shapes):
    for file in RUNS:
        points, lift = steps_of(captured / file, shapes[0][1])
        assert 0.2 < (lift > 0.005).mean() < 0.6
        assert 0.03 < lift.max() < 0.15
        assert points[lift == 0][..., 2].min() == pytest.approx(0, abs=1e-9)


def test_soles_are_level_where_they_stand(captured, shapes):
    """Even of files whose feet point from a lower ankle than ours."""
    from vidsynth.motion.walking import sole_rows

    for file in ("cmu_02_01_walk.bvh", "cmu_08_02_walk.bvh", "mass_walk.bvh"):
        points, _ = steps_of(captured / file, shapes[0][1])
        half = points.shape[1] // 2
        high = np.stack([points[:, :half, 2].max(1), points[:, half:, 2].max(1)], 1).min(1)
        # The vertices of a level sole are 4 to 5 cm apart in height, more on larger feet.
        level = np.ptp(shapes[0][1].vertices[sole_rows(), 2])
        assert np.quantile(high, 0.2) < level + 0.01


def test_a_taller_person_takes_longer_steps_at_the_same_beat(captured, shapes):
    from vidsynth.body.model import body_model
    from vidsynth.motion.replay import replay

    body, _ = shapes[0]
    path = captured / "cmu_02_01_walk.bvh"
    small, tall = (
        replay(path, body_model().shape(replace(body, stature=stature))) for stature in (1.5, 1.9)
    )
    assert small.seconds == tall.seconds
    assert tall.speed / small.speed == pytest.approx(1.9 / 1.5, rel=0.03)
    assert tall.speed == pytest.approx(captured_speed(path, 1.9), rel=0.08)
