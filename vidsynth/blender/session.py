"""Sets up Cycles once for many small renders, and renders parts of camera frames."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path

import bpy
import numpy as np
import OpenEXR
from mathutils import Matrix

from vidsynth.cameras.camera import Camera
from vidsynth.cameras.substitute import Box, halves, interpolate, sources, substitute
from vidsynth.errors import RenderError


@dataclass(frozen=True)
class Quality:
    """Samples per pixel, light bounces, how carefully OIDN denoises, and after how many bounces
    the sky's light is taken as it is, less what is in the way (0: never)."""

    samples: int
    bounces: int
    denoise: str
    sky_after: int = 0


QUALITIES = {
    "fast": Quality(2, 2, "FAST", sky_after=1),
    "standard": Quality(4, 2, "FAST", sky_after=1),
    "high": Quality(32, 4, "HIGH"),
}


def new_scene(quality: str, device: str) -> None:
    """Forget everything and start an empty scene that renders linear light, depth and ids."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.edit.use_global_undo = False
    scene, chosen = bpy.context.scene, QUALITIES[quality]
    scene.render.engine = "CYCLES"
    scene.cycles.device = "GPU" if use_gpu(device) else "CPU"
    scene.cycles.samples = chosen.samples
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.use_light_tree = False
    scene.cycles.max_bounces = chosen.bounces
    scene.cycles.diffuse_bounces = chosen.bounces
    scene.cycles.glossy_bounces = 1
    scene.cycles.use_fast_gi = chosen.sky_after > 0
    scene.cycles.fast_gi_method = "REPLACE"
    scene.cycles.ao_bounces_render = chosen.sky_after
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.cycles.sample_clamp_indirect = 4.0
    scene.cycles.use_denoising = True
    scene.cycles.denoiser = "OPENIMAGEDENOISE"
    scene.cycles.denoising_quality = chosen.denoise
    scene.cycles.denoising_prefilter = "FAST"
    render = scene.render
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if threads.isdigit() and int(threads) > 0:
        # Workers share the cores out; Blender would start a thread for each in every one of them.
        # Of one thread alone it makes two: another waits for it in a loop, as busy as the first.
        render.threads_mode, render.threads = "FIXED", max(2, int(threads))
    render.use_persistent_data = True
    render.use_border = render.use_crop_to_border = True
    render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
    render.image_settings.color_depth = "32"
    render.image_settings.exr_codec = "NONE"
    layer = scene.view_layers[0]
    layer.use_pass_object_index = True
    layer.use_pass_z = True
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)


def aim(camera: Camera) -> None:
    """Look through a calibrated camera, but for its lens, which `expose` sees to."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = camera.width, camera.height
    lens = scene.camera.data
    lens.sensor_fit, lens.sensor_width = "HORIZONTAL", 36.0
    lens.lens = camera.focal_px * 36.0 / camera.width
    x, y = camera.principal
    lens.shift_x = (camera.width / 2 - x) / camera.width
    fx, fy = camera.focal
    scene.render.pixel_aspect_x, scene.render.pixel_aspect_y = max(1.0, fy / fx), max(1.0, fx / fy)
    lens.shift_y = (y - camera.height / 2) * (fx / fy) / camera.width
    lens.clip_end = 500.0
    # Blender's camera looks along -z with y up; OpenCV's along +z with y down.
    axes = camera.R.T * [1.0, -1.0, -1.0]
    scene.camera.matrix_world = Matrix(
        [[*axes[k], camera.position[k]] for k in range(3)] + [[0, 0, 0, 1]]
    )


@dataclass(frozen=True, eq=False)
class Light:
    """What a view shows: ``colour`` (H, W, 3) linear, ``index`` (H, W), ``depth`` (H, W) m;
    ``alpha`` (H, W), 1 but where a photograph belongs behind, ``colour`` multiplied by it."""

    colour: np.ndarray
    index: np.ndarray
    depth: np.ndarray
    alpha: np.ndarray


def expose(camera: Camera, box: Box, seed: int, folder: Path) -> Light:
    """Render the part ``box`` (x0, y0, x1, y1) of the frame of the camera that was aimed.

    A camera with a lens is aimed here, and leaves another aim behind. Raises RuntimeError where
    Blender wrote something else than was asked for.
    """
    if camera.lens is None:
        return _expose(camera, box, seed, folder)
    instead = substitute(camera, box)
    if instead is None:
        first, second = halves(box)
        parts = [expose(camera, half, seed, folder) for half in (first, second)]
        return beside(parts, axis=int(first[1] == second[1]))
    aim(instead.camera)
    whole = (0, 0, instead.camera.width, instead.camera.height)
    light = _expose(instead.camera, whole, seed, folder)
    source = sources(light.index, instead.at)
    clear = bool((light.alpha == 1).all())
    both = light.colour if clear else np.dstack([light.colour, light.alpha])
    shown = interpolate(both, instead.at)
    return Light(
        shown[..., :3],
        light.index[source],
        (light.depth[source] * instead.depth).astype(np.float32),
        np.ones_like(shown[..., 0]) if clear else shown[..., 3],
    )


def beside(parts: list[Light], axis: int) -> Light:
    """Views next to each other, along columns (0) or along rows (1), as one."""
    return Light(
        *(
            np.concatenate([getattr(part, field.name) for part in parts], axis)
            for field in fields(Light)
        )
    )


def _expose(camera: Camera, box: Box, seed: int, folder: Path) -> Light:
    scene, render = bpy.context.scene, bpy.context.scene.render
    x0, y0, x1, y1 = box
    # Blender cuts borders off to whole pixels: aim a little past each.
    low = camera.height - y1
    render.border_min_x, render.border_max_x = ((x + 0.1) / camera.width for x in (x0, x1))
    render.border_min_y, render.border_max_y = (
        (y + 0.1) / camera.height for y in (low, low + y1 - y0)
    )
    scene.cycles.seed = seed % 2**31
    path = folder / "view.exr"
    render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    with OpenEXR.File(str(path), separate_channels=True) as image:
        channels = {name: channel.pixels for name, channel in image.channels().items()}
    path.unlink()

    def layer(suffix: str) -> np.ndarray:
        name = next(name for name in channels if name.endswith(suffix))
        return np.asarray(channels[name])

    colour = np.stack([layer(f"Combined.{c}") for c in "RGB"], -1).astype(np.float32)
    if colour.shape[:2] != (y1 - y0, x1 - x0):
        raise RuntimeError(
            f"Blender rendered {colour.shape[1]}x{colour.shape[0]} pixels for a box of "
            f"{x1 - x0}x{y1 - y0}; please report this with the shot's index."
        )
    return Light(
        colour,
        np.rint(layer("IndexOB.X")).astype(np.int16),
        layer(".Z" if any(n.endswith("Depth.Z") for n in channels) else "Z").astype(np.float32),
        layer("Combined.A").astype(np.float32),
    )


def use_gpu(device: str) -> bool:
    """Whether Cycles is to use a GPU; RenderError where ``gpu`` is asked for and there is none.

    ``auto`` is the CPU: what a GPU is worth for pictures this small has not been measured.
    """
    if device != "gpu":
        return False
    settings = bpy.context.preferences.addons["cycles"].preferences
    for backend in ("OPTIX", "CUDA", "HIP", "ONEAPI", "METAL"):
        try:
            settings.compute_device_type = backend
        except TypeError:
            continue
        settings.refresh_devices()
        found = [d for d in settings.devices if d.type == backend]
        if found:
            for d in settings.devices:
                d.use = d.type == backend
            return True
    raise RenderError(
        "render.device=gpu expects a GPU that Blender can use, and found none. "
        "Use render.device=auto, or cpu."
    )
