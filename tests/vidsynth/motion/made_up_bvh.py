"""BVH files as text: a plain skeleton that walks like a pair of compasses, one turn of it or more.

Thighs swing as a sine and knees bend; the hips advance so that the foot below stays put.
"""

from __future__ import annotations

import numpy as np

LEG, STRIDE = 85.0, 120.0
"""Centimetres from hip to ankle, and walked in one cycle."""

HIERARCHY = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
  JOINT Spine
  {
    OFFSET 0 12 0
    CHANNELS 3 Zrotation Yrotation Xrotation
    JOINT Spine1
    {
      OFFSET 0 15 0
      CHANNELS 3 Zrotation Yrotation Xrotation
      JOINT Neck
      {
        OFFSET 0 24 0
        CHANNELS 3 Zrotation Yrotation Xrotation
        JOINT Head
        {
          OFFSET 0 10 2
          CHANNELS 3 Zrotation Yrotation Xrotation
          End Site
          {
            OFFSET 0 18 0
          }
        }
      }
LEFTARM
RIGHTARM
    }
  }
LEFTLEG
RIGHTLEG
}
"""

_ARM = """JOINT {side}Shoulder
{{
OFFSET {s}3 20 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {side}Arm
{{
OFFSET {s}15 0 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {side}ForeArm
{{
OFFSET {s}28 0 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {side}Hand
{{
OFFSET {s}25 0 0
CHANNELS 3 Zrotation Yrotation Xrotation
End Site
{{
OFFSET {s}9 0 0
}}
}}
}}
}}
}}"""

_LEG = """JOINT {side}UpLeg
{{
OFFSET {s}10 -4 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {side}Leg
{{
OFFSET 0 -43 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {side}Foot
{{
OFFSET 0 -42 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {side}ToeBase
{{
OFFSET 0 -6 14
CHANNELS 3 Zrotation Yrotation Xrotation
End Site
{{
OFFSET 0 0 6
}}
}}
}}
}}
}}"""


def skeleton() -> str:
    """The HIERARCHY section: y up, looking along +z, arms level, centimetres."""
    text = HIERARCHY
    for side, sign in (("Left", ""), ("Right", "-")):
        text = text.replace(f"{side.upper()}ARM", _ARM.format(side=side, s=sign))
        text = text.replace(f"{side.upper()}LEG", _LEG.format(side=side, s=sign))
    return text


def joints(text: str) -> list[str]:
    """Names in the order of the file."""
    return [line.split()[1] for line in text.splitlines() if "JOINT" in line or "ROOT" in line]


def walk(
    cycles: float = 2.0,
    rate: float = 60.0,
    seconds: float = 1.1,
    pace: float = 1.0,
    backwards: bool = False,
) -> str:
    """A file of ``cycles`` walked along +z; ``pace`` 0 walks on the spot without moving a limb.
    ``backwards`` the person faces +z and goes the other way."""
    text = skeleton()
    names = joints(text)
    count = max(1, round(cycles * seconds * rate))
    phase = np.arange(count) / (seconds * rate)
    values = np.zeros((count, 3 + 3 * len(names)))

    def turn(joint: str, axis: str, degrees: np.ndarray | float) -> None:
        values[:, 3 + 3 * names.index(joint) + "zyx".index(axis)] = degrees

    swing = np.degrees(np.arcsin(STRIDE / 4 / LEG)) * pace
    for side, shift, sign in (("Right", 0.0, 1.0), ("Left", 0.5, -1.0)):
        own = 2 * np.pi * (phase + shift)
        bend = 55 * pace * np.maximum(0, -np.sin(own)) ** 2
        thigh = swing * np.cos(own)
        turn(f"{side}UpLeg", "x", -thigh - 0.4 * bend)
        turn(f"{side}Leg", "x", bend)
        # The foot is level: it turns back what thigh and knee turned.
        turn(f"{side}Foot", "x", thigh - 0.6 * bend)
        turn(f"{side}Arm", "z", sign * 75)
        turn(f"{side}ForeArm", "y", sign * 20)
    values[:, 1] = 95 - LEG * (1 - np.cos(np.radians(swing))) * np.cos(2 * np.pi * phase) ** 2
    values[:, 2] = STRIDE * phase * pace
    return text + motion(values[::-1] if backwards else values, 1 / rate)


def motion(values: np.ndarray, frame_time: float) -> str:
    """The MOTION section."""
    lines = "\n".join(" ".join(f"{value:.6f}" for value in frame) for frame in values)
    return f"MOTION\nFrames: {len(values)}\nFrame Time: {frame_time:.8f}\n{lines}\n"
