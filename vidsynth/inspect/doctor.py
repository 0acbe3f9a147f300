"""Checks what works on this machine, and says what to do about what does not."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["ok", "note", "fails"]

_NEEDED_GIB = 0.9
"""Memory a worker takes, GiB (docs/rendering.md)."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``note`` is worth knowing, ``fails`` prevents rendering."""

    name: str
    state: State
    text: str


def examine(output: Path) -> Iterator[Finding]:
    """Looks at one thing after another; ``output`` is where a set would be written."""
    for name, look in _CHECKS.items():
        try:
            state, text = look(output)
        except Exception as error:  # a check that cannot be made is a finding, too
            state, text = "fails", f"{type(error).__name__}: {error}"
        yield Finding(name, state, text)


def _python(output: Path) -> tuple[State, str]:
    version = platform.python_version()
    if sys.version_info[:2] == (3, 11):
        return "ok", f"{version}, {platform.system()} {platform.machine()}"
    return "fails", (
        f"{version}: Blender's module exists for 3.11 only: uv run --python 3.11 vidsynth ..."
    )


def _blender(output: Path) -> tuple[State, str]:
    if importlib.util.find_spec("bpy") is None:
        return "fails", (
            'bpy is not installed: pip install "vidsynth-uda[render]" under Python 3.11, or uv '
            "sync in a checkout."
        )
    # In a process of its own: Blender's module may take this one down where a library is missing.
    code = "import bpy; print('version', bpy.app.version_string)"
    lines = _ask(code).splitlines()
    found = next((line for line in lines if line.startswith("version ")), None)
    if found is None:
        return "fails", f"bpy cannot be imported: {' '.join(lines[-2:])}"
    return "ok", f"Blender {found.removeprefix('version ')}"


def _picture(output: Path) -> tuple[State, str]:
    """A cube of 64 by 128 pixels."""
    code = (
        "import time, tempfile, pathlib, bpy;"
        "bpy.ops.wm.read_factory_settings();s=bpy.context.scene;s.render.engine='CYCLES';"
        "s.cycles.device='CPU';s.cycles.samples=4;s.render.resolution_x,s.render.resolution_y=64,128;"
        "s.cycles.denoiser='OPENIMAGEDENOISE';s.cycles.use_denoising=True;"
        "f=pathlib.Path(tempfile.mkdtemp())/'a.png';s.render.filepath=str(f);t=time.time();"
        "bpy.ops.render.render(write_still=True);"
        "print('rendered', f.stat().st_size, round(time.time()-t,1));f.unlink();f.parent.rmdir()"
    )
    text = _ask(code, 180)
    found = next((line for line in text.splitlines() if line.startswith("rendered ")), None)
    if found is None:
        return "fails", f"Cycles renders nothing: {' '.join(text.splitlines()[-2:])}"
    return "ok", f"Cycles on the CPU, with Open Image Denoise; first picture {found.split()[2]} s"


def _gpu(output: Path) -> tuple[State, str]:
    code = (
        "import bpy\n"
        "p=bpy.context.preferences.addons['cycles'].preferences\n"
        "for b in ('OPTIX','CUDA','HIP','ONEAPI','METAL'):\n"
        "    try: p.compute_device_type=b\n"
        "    except TypeError: continue\n"
        "    p.refresh_devices()\n"
        "    for d in p.devices:\n"
        "        if d.type==b: print('gpu', b, d.name)\n"
    )
    found = [line[4:] for line in _ask(code).splitlines() if line.startswith("gpu ")]
    if found:
        return "ok", f"{found[0]}; render.device=gpu uses it, auto is the CPU"
    return "note", "none that Blender can use; the CPU renders"


def _body(output: Path) -> tuple[State, str]:
    from vidsynth.body.prepared import Damaged, cache_home, prepared_folder, read_prepared

    try:
        version = importlib.metadata.version("anny")
    except importlib.metadata.PackageNotFoundError:
        return "fails", 'anny is not installed: pip install "vidsynth-uda[render]"'
    cache = cache_home()
    if prepared_folder().exists():
        try:
            read_prepared()
        except Damaged as error:
            return "note", f"anny {version}; {error}: the next run prepares it anew, a minute"
        return "ok", f"anny {version}, prepared in {cache}"
    above = cache
    while not above.exists():
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK):
        return "fails", f"{cache} cannot be written to: let XDG_CACHE_HOME name another place."
    return "note", f"anny {version}; the first run prepares it in {cache}: a minute, 0.5 GB"


def _video(output: Path) -> tuple[State, str]:
    import av

    av.CodecContext.create("libx264", "w")
    return "ok", f"PyAV {av.__version__} with libx264, FFmpeg's libraries inside"


def _fonts(output: Path) -> tuple[State, str]:
    from PIL import ImageFont

    if isinstance(ImageFont.load_default(size=10), ImageFont.FreeTypeFont):
        return "ok", "Pillow's own, scalable"
    return "note", "Pillow lacks FreeType: captions of contact sheets are small"


def _processor(output: Path) -> tuple[State, str]:
    from vidsynth.run.machine import cores

    memory = _memory_gib()
    workers = cores() if memory is None else max(1, min(cores(), int(memory / _NEEDED_GIB)))
    text = f"{cores()} cores" + (f", {memory:.0f} GiB of memory" if memory else "")
    if workers < cores():
        return "note", f"{text}: --workers {workers}, a worker takes up to {_NEEDED_GIB} GiB"
    return "ok", text


def _disk(output: Path) -> tuple[State, str]:
    folder = output.resolve()
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        return "fails", f"{folder} cannot be written to: choose another --output."
    free = shutil.disk_usage(folder).free / 1e9
    text = f"{free:,.0f} GB free at {folder}, room for {free * 1e9 / 5e3 / 1e6:,.1f} million crops"
    return ("ok" if free > 5 else "note"), text


def _cluster(output: Path) -> tuple[State, str]:
    try:
        version = importlib.metadata.version("ray")
    except importlib.metadata.PackageNotFoundError:
        return "ok", "this machine alone; for a cluster, --shots, or Ray by the extra [ray]"
    address = os.environ.get("RAY_ADDRESS")
    at = f"the cluster at {address}" if address else "this machine, as RAY_ADDRESS is not set"
    return "ok", f"Ray {version}: --executor ray renders on {at}"


def _browser(output: Path) -> tuple[State, str]:
    for name in ("chromium", "chromium-browser", "google-chrome", "firefox"):
        if shutil.which(name):
            return "ok", f"{name}; vidsynth report's pages open in any"
    return "note", "none found here; vidsynth report's pages open in any"


def _memory_gib() -> float | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError, AttributeError):
        return None


def _ask(code: str, seconds: int = 120) -> str:
    """What Python prints, and its errors after that."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=seconds, check=False
    )
    return done.stdout + done.stderr


_CHECKS: dict[str, Callable[[Path], tuple[State, str]]] = {
    "Python": _python,
    "Blender": _blender,
    "a picture": _picture,
    "GPU": _gpu,
    "body model": _body,
    "video": _video,
    "fonts": _fonts,
    "processor": _processor,
    "disk": _disk,
    "cluster": _cluster,
    "browser": _browser,
}
