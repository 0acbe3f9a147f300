"""Who may import whom, and what the command lines may not wait for."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "reid_datasets": ROOT / "datasets/reid_datasets",
    "reid_models": ROOT / "models/reid_models",
    "vidsynth": ROOT / "vidsynth",
    "uda": ROOT / "uda",
    "strict_reading": ROOT / "strict_reading",
    "hub_publishing": ROOT / "hub_publishing",
}
FORBIDDEN = {
    "reid_datasets": {"vidsynth", "uda", "reid_models", "hub_publishing"},
    "reid_models": {"vidsynth", "uda", "reid_datasets", "hub_publishing"},
    "vidsynth": {"uda"},
    "uda": {"vidsynth"},
    "strict_reading": {"vidsynth", "uda", "reid_datasets", "reid_models", "hub_publishing"},
    "hub_publishing": {"vidsynth", "uda", "reid_datasets", "reid_models"},
}
FLOORS = {
    "vidsynth": (
        {"errors", "seeds", "noise"},
        {"colour", "drawing", "files", "geometry", "user_files"},
        {"body", "places"},
        {"wardrobe"},
        {"config"},
        {"cameras", "settings"},
        {"people"},
        {"motion"},
        {"planning"},
        {"develop"},
        {"blender", "labels"},
        {"formats"},
        {"run"},
        {"target"},
        {"inspect", "publishing"},
        {"commands", "cli"},
    ),
    "uda": (
        {"errors", "exact", "files", "room"},
        {"config"},
        {"losses", "clustering"},
        {"batches", "comparing"},
        {"methods"},
        {"recipes"},
        {"features", "runs"},
        {"attributes"},
        {"evaluation"},
        {"monitor"},
        {"training"},
        {"publishing", "report", "translation"},
        {"commands", "cli", "onnx_export", "__main__"},
    ),
}
"""Rooms of a package from the ground up; the package itself only names what is in them."""
LONGEST = 500
"""Lines of a file."""

MODULES = {package: sorted(root.rglob("*.py")) for package, root in PACKAGES.items()}


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, also inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import in line {node.lineno}"
            yield node.module or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (str(name.value) for name in node.args if isinstance(name, ast.Constant))


def rooms(package: str, path: Path) -> set[str]:
    """The rooms of the package that a file imports from, ``from uda import config`` too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            found |= {alias.name for alias in node.names}
    return found | {name.split(".")[1] for name in imported(path) if name.startswith(f"{package}.")}


def room_of(package: str, path: Path) -> str:
    return path.relative_to(PACKAGES[package]).parts[0].removesuffix(".py")


@functools.cache
def roots(path: Path) -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in imported(path))


def importing(names: set[str], paths: Iterable[Path]) -> dict[str, set[str]]:
    """The files that import any of them, and which."""
    found = {str(path.relative_to(ROOT)): set(roots(path) & names) for path in paths}
    return {path: some for path, some in found.items() if some}


def test_every_package_is_looked_at() -> None:
    small = {"strict_reading", "hub_publishing"}
    assert all(len(paths) > (2 if name in small else 10) for name, paths in MODULES.items())
    assert "torch" in roots(PACKAGES["uda"] / "onnx_export.py")


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_whom_they_may(package: str) -> None:
    assert importing(FORBIDDEN[package], MODULES[package]) == {}


def test_blender_stays_in_one_room() -> None:
    room = PACKAGES["vidsynth"] / "blender"
    others = (p for paths in MODULES.values() for p in paths if not p.is_relative_to(room))
    assert importing({"bpy", "mathutils", "bmesh"}, others) == {}
    assert importing({"bpy"}, MODULES["vidsynth"]), "nothing would be found"


def test_only_the_target_room_of_vidsynth_reads_with_reid() -> None:
    room = PACKAGES["vidsynth"] / "target"
    others = (path for path in MODULES["vidsynth"] if not path.is_relative_to(room))
    assert importing({"reid_datasets", "reid_models"}, others) == {}


@functools.cache
def between_rooms(package: str) -> dict[str, dict[str, str]]:
    """By room: the rooms of the package it imports from, and a file that does."""
    found: dict[str, dict[str, str]] = {}
    for path in MODULES[package]:
        room = room_of(package, path)
        if room != "__init__":
            others = rooms(package, path) - {room}
            found.setdefault(room, {}).update(dict.fromkeys(others, str(path.relative_to(ROOT))))
    return found


@pytest.mark.parametrize("package", FLOORS)
def test_nobody_imports_from_a_floor_above(package: str) -> None:
    floor = {room: number for number, names in enumerate(FLOORS[package]) for room in names}
    found = between_rooms(package)
    assert found.keys() == floor.keys(), "every room has a floor"
    upward = [
        f"{file} imports {package}.{other}"
        for room, others in found.items()
        for other, file in others.items()
        if floor[other] > floor[room]
    ]
    assert upward == []


def test_imports_between_rooms_are_found() -> None:
    assert "training" in between_rooms("uda")["commands"]
    assert "config" in between_rooms("uda")["batches"], "as `from uda import config` at least"
    assert "planning" in between_rooms("vidsynth")["blender"]


@pytest.mark.parametrize("package", FLOORS)
def test_rooms_form_no_circle(package: str) -> None:
    left = {room: set(others) for room, others in between_rooms(package).items()}
    while free := {room for room, others in left.items() if not others}:
        left = {room: others - free for room, others in left.items() if room not in free}
    assert left == {}


@pytest.mark.parametrize("package", FLOORS)
def test_the_architecture_page_has_every_room(package: str) -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = {room for names in FLOORS[package] for room in names if not room.startswith("__")}
    assert [r for r in sorted(rooms) if f"`{r}/`" not in page and f"`{r}.py`" not in page] == []


def test_no_file_is_too_long_to_read() -> None:
    for path in (path for paths in MODULES.values() for path in paths):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST, path


@pytest.mark.parametrize("command", ["vidsynth", "uda"])
def test_the_command_line_waits_for_neither_torch_nor_blender(command: str) -> None:
    script = (
        f"import sys, {command}.cli; "
        "print(sorted({'torch', 'torchvision', 'bpy', 'huggingface_hub'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.stdout.strip() == "[]", found.stderr
