"""Measurements inside one process that holds Blender; prints JSON in its last line."""

from __future__ import annotations

import json
import math
import resource
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import bpy
import numpy as np

from vidsynth.blender.renderer import Renderer
from vidsynth.blender.session import aim, expose, new_scene
from vidsynth.blender.stage import Stage
from vidsynth.blender.walkers import new_mesh
from vidsynth.body.anatomy import BODY
from vidsynth.body.model import body_model
from vidsynth.cameras.boxes import box_stream, crop_box
from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.config import BoxConfig, TrackletConfig
from vidsynth.people.sampling import sample_person
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import frames_by_cameras
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.job import render as render_set
from vidsynth.run.production import produce
from vidsynth.settings import load_config

_WARM = 20
"""Shots after which caches are full."""
_PICTURES = 8


def references(identities: int, frames: int) -> dict[str, float]:
    """CPU-seconds per crop of a plain loop, of whole frames, and of boxes in a still scene."""
    config = load_config(identities=identities, frames=frames, people_per_shot=6)
    shot = TrackletPlan(config).shot(0)
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    boxes = _boxes(shot, config)
    whole, crops = 0.0, 0
    for camera in shot.cameras:
        aim(camera)
        begun = time.process_time()
        expose(camera, (0, 0, camera.width, camera.height), 0, folder)
        whole += time.process_time() - begun
        crops += sum(seen is camera for seen, _ in boxes)
    aim(boxes[0][0])
    expose(*boxes[0], 0, folder)
    begun = time.process_time()
    for camera, box in 3 * boxes:
        expose(camera, box, 0, folder)
    floor = (time.process_time() - begun) / (3 * len(boxes))
    return {
        "plain_loop_cpu_seconds_per_crop": _plain_loop(shot, config, folder),
        "whole_frames_cpu_seconds_per_crop": whole / max(crops, 1),
        "floor_cpu_seconds_per_crop": floor,
    }


def _boxes(shot: Shot, config: TrackletConfig) -> list[tuple]:
    """(camera, box) of everybody in the first frame, who stand there."""
    stage = Stage(shot, "standard", "cpu")
    stage.enter()
    boxes = []
    for walker, standing in enumerate(stage.at(0)):
        for camera in shot.cameras:
            pixels, depth = camera.project(standing.figure)
            body = (*pixels.min(0), *pixels.max(0))
            rng = box_stream(shot.seed, camera.camera_id, walker, 0)
            box = crop_box(body, camera, config.boxes, rng)
            if box and depth.min() > 0.3:
                boxes.append((camera, box))
    return boxes


def _plain_loop(shot: Shot, config: TrackletConfig, folder: Path) -> float:
    spent, pictures = 0.0, 0
    for walker in shot.walkers:
        alone = replace(shot, walkers=(walker,), takes=frames_by_cameras(1, shot.cameras))
        for camera in shot.cameras:
            begun = time.process_time()
            boxes = [entry for entry in _boxes(alone, config) if entry[0] is camera]
            scene = bpy.context.scene
            scene.cycles.samples, scene.render.use_persistent_data = 8, False
            scene.cycles.denoising_quality = "HIGH"  # Blender's defaults
            scene.cycles.denoising_prefilter = "ACCURATE"
            if not boxes:
                continue
            aim(camera)
            expose(camera, boxes[0][1], 0, folder)
            spent += time.process_time() - begun
            pictures += 1
            if pictures == _PICTURES:
                return spent / pictures
    return spent / max(pictures, 1)


def yardstick() -> dict[str, float]:
    """CPU-seconds of a picture in a scene that has nothing of ours: four bare bodies of Blender's
    default material that stand still under its city panorama, 128 by 256 pixels, 4 samples, 2
    bounces, no denoiser."""
    new_scene("high", "cpu")
    scene = bpy.context.scene
    scene.cycles.samples, scene.cycles.use_denoising = 4, False
    scene.cycles.max_bounces = scene.cycles.diffuse_bounces = 2
    world = bpy.data.worlds.new("city")
    scene.world, world.use_nodes = world, True
    sky = world.node_tree.nodes.new("ShaderNodeTexEnvironment")
    city = next(Path(bpy.utils.resource_path("LOCAL")).rglob("world/city.exr"))
    sky.image = bpy.data.images.load(str(city))
    world.node_tree.links.new(sky.outputs[0], world.node_tree.nodes["Background"].inputs[0])
    model = body_model()
    for k in range(4):
        body = sample_person(np.random.default_rng(k), k + 1).body
        vertices = model.shape(body).vertices[BODY]
        vertices = vertices + np.array([0.5 * k - 0.75, 0, -vertices[:, 2].min()])
        mesh = new_mesh("body", vertices, model.triangles["body"])
        scene.collection.objects.link(bpy.data.objects.new("body", mesh))
    camera = Camera(1, "", 128, 256, 500.0, (0.0, -5.0, 1.0), (0.0, 0.0, 0.9), Photometry())
    aim(camera)
    spent = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for seed in range(_PICTURES + 1):
            begun = time.process_time()
            expose(camera, (0, 0, 128, 256), seed, Path(folder))
            spent.append(time.process_time() - begun)
    return {"cpu_seconds": sum(spent[1:]) / _PICTURES}


def frames(standard: int) -> dict[str, float]:
    """CPU-seconds of a shot of six people under two cameras as crops, and as whole frames: light,
    camera look, JPEG files and labels, after a shot that warmed this process up."""
    words = ["identities=12", "test_share=0", "distractor_share=0", "people_per_shot=6"]
    words += ["frames=2", "boxes.min_frames=1", f"quality={'standard' if standard else 'fast'}"]
    spent: dict[str, float] = {}
    for layout in ("mars", "frames"):
        production = produce(load_config(None, [*words, f"output.format={layout}"]))
        renderer = production.make_renderer(production.renderer)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            for index in (1, 0):
                rendered: list[int] = []
                room = Path(folder) / f"{index}"
                room.mkdir()
                rendered.clear()
                begun = time.process_time()
                production.shoot(index, renderer, room, partial(rendered.append, 1))
                cost = time.process_time() - begun
            size = sum(path.stat().st_size for path in room.rglob("*.jpg"))
        spent |= {layout: cost / len(rendered), f"{layout}_bytes": size / len(rendered)}
    spent["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return spent


def alone(identities: int, frames: int) -> dict[str, float]:
    """Seconds that a set takes with one worker."""
    config = load_config(identities=identities, frames=frames, people_per_shot=6)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return {"seconds": render_set(config, Path(folder) / "set", workers=1).seconds}


def _stride(shots: int) -> int:
    """A step that visits every one of ``shots``, soon near to all of them (the golden section)."""
    step = max(1, round(0.618 * shots))
    while math.gcd(step, shots) > 1:
        step += 1
    return step


def memory(shots: int) -> dict[str, float]:
    """The most memory this process had resident in ``shots`` small shots, and what of it was its
    alone after each: the most of all of them, and by how much that is more than the most of the
    first ones, MB. They come mixed: a plan goes from site to site, and the first shots would all be
    of one."""
    config = load_config(identities=6 * shots, frames=4, people_per_shot=6, quality="fast")
    plan = TrackletPlan(config)
    renderer = Renderer("fast", "cpu", BoxConfig())
    own, step = [], _stride(shots)
    for count in range(shots):
        shot = plan.shot(count * step % shots)
        for _ in renderer.render(replace(shot, takes=shot.takes[:1])):
            pass
        own.append(_own())
    first = min(_WARM, shots // 2)
    return {
        "resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "own_mb": max(own),
        "own_mb_after_each": [round(held) for held in own],
        "memory_growth_mb": max(own) - max(own[:first]),
        "memory_from_shot": first,
        "memory_shots": shots,
    }


def _own() -> float:
    """What of this process's memory no other can share, MB."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) / 1024


if __name__ == "__main__":
    measure = {
        "references": references, "yardstick": yardstick, "alone": alone, "memory": memory,
        "frames": frames,
    }[sys.argv[1]]  # fmt: skip
    print(json.dumps(measure(*map(int, sys.argv[2:]))))
