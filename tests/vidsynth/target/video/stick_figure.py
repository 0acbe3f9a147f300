"""A walker of two swinging legs before ground that passes by, as crops of a loose detector."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw


def crops(
    frequency: float,
    fps: float,
    frames: int,
    seed: int = 0,
    jitter: float = 0.1,
    speed: float = 1.3,
) -> tuple[list[np.ndarray], np.ndarray]:
    """Crops (H, W, 3) uint8 and their boxes (T, 4) of somebody who takes ``frequency`` steps a
    second and goes to the right; with 0 they stand, and the ground stays."""
    rng = np.random.default_rng(seed)
    rough = Image.fromarray(rng.integers(60, 200, (30, 400, 3)).astype(np.uint8))
    ground = rough.resize((3200, 240), Image.Resampling.BICUBIC)
    start = rng.uniform(0, 2 * np.pi)
    found, boxes = [], []
    for k in range(frames):
        time = k / fps
        x, foot, high = 200 + (speed / 1.7 * 120 * time if frequency else 0), 210.0, 120.0
        frame = ground.copy()
        pen = ImageDraw.Draw(frame)
        hip = (x, foot - high / 2)
        swing = 0.45 * np.sin(np.pi * frequency * time + start) if frequency else 0.05
        for sign, shade in ((1, (30, 30, 60)), (-1, (90, 60, 40))):
            angle = sign * swing
            end = (hip[0] + high / 2 * np.sin(angle), hip[1] + high / 2 * np.cos(angle))
            pen.line([hip, end], fill=shade, width=14)
        pen.rectangle([x - 14, foot - high * 0.85, x + 14, foot - high / 2], fill=(160, 40, 40))
        pen.ellipse([x - 9, foot - high, x + 9, foot - high * 0.83], fill=(200, 160, 130))
        grow = rng.uniform(0, jitter, 4) * (60, high, 60, high)
        box = np.array([x - 30 - grow[0], foot - high - grow[1], x + 30 + grow[2], foot + grow[3]])
        edges = box.round().astype(int)
        found.append(np.asarray(frame.crop(tuple(edges)), np.uint8))
        boxes.append(edges)
    return found, np.array(boxes, float)
