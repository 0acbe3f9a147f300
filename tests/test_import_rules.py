"""Who may import whom, and what the command lines may not wait for."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "reid_datasets": ROOT / "datasets/reid_datasets",
    "reid_models": ROOT / "models/reid_models",
    "vidsynth": ROOT / "vidsynth",
    "uda": ROOT / "uda",
}
FORBIDDEN = {
    "reid_datasets": {"vidsynth", "uda", "reid_models"},
    "reid_models": {"vidsynth", "uda", "reid_datasets"},
    "vidsynth": {"uda"},
    "uda": {"vidsynth"},
}
LONGEST = 500
"""Lines of a file."""

MODULES = [
    (package, path) for package, root in PACKAGES.items() for path in sorted(root.rglob("*.py"))
]
ALL = [path for _, path in MODULES]
each_module = pytest.mark.parametrize(
    ("package", "path"), MODULES, ids=[str(path.relative_to(ROOT)) for path in ALL]
)


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


def roots(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def test_every_package_is_looked_at() -> None:
    assert {package for package, _ in MODULES} == set(PACKAGES)


@each_module
def test_packages_import_only_whom_they_may(package: str, path: Path) -> None:
    assert roots(path) & FORBIDDEN[package] == set()


@each_module
def test_blender_stays_in_one_room(package: str, path: Path) -> None:
    if not path.is_relative_to(PACKAGES["vidsynth"] / "blender"):
        assert roots(path) & {"bpy", "mathutils", "bmesh"} == set()


@each_module
def test_only_the_target_room_of_vidsynth_reads_with_reid(package: str, path: Path) -> None:
    if package == "vidsynth" and not path.is_relative_to(PACKAGES["vidsynth"] / "target"):
        assert roots(path) & {"reid_datasets", "reid_models"} == set()


@each_module
def test_no_file_is_too_long_to_read(package: str, path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("command", ["vidsynth", "uda"])
def test_the_command_line_waits_for_neither_torch_nor_blender(command: str) -> None:
    script = (
        f"import sys, {command}.cli; "
        "print(sorted({'torch', 'torchvision', 'bpy'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.stdout.strip() == "[]", found.stderr
