"""What an installation holds, and what works without the extras."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "vidsynth": "vidsynth",
    "uda": "uda",
    "strict_reading": "strict_reading",
    "hub_publishing": "hub_publishing",
    "reid_datasets": "datasets/reid_datasets",
    "reid_models": "models/reid_models",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as hatchling builds it, without a network."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def without_extras(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a module where no extra's package can be imported."""
    return subprocess.run(
        [sys.executable, "tests/without_extras.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_the_six_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = {name for name in wheel.namelist() if not name.startswith("vidsynth_uda-")}
    assert {name.partition("/")[0] for name in names} == set(PACKAGES)
    for package, folder in PACKAGES.items():
        there = {
            f"{package}/{path.relative_to(ROOT / folder).as_posix()}"
            for kind in ("*.py", "*.j2")
            for path in (ROOT / folder).rglob(kind)
        }
        assert there - names == set()
    assert [name for name in names if "test" in name.rpartition("/")[2].split("_")] == []


def test_the_wheel_holds_every_recipe_and_page(wheel: zipfile.ZipFile) -> None:
    recipes = ROOT / "configs"
    for kind in ("uda", "translate"):
        for path in (recipes / kind).rglob("*.yaml"):
            inside = f"uda/configs/{path.relative_to(recipes).as_posix()}"
            assert wheel.read(inside) == path.read_bytes()
    assert "uda/configs/uda/synthetic_to_real/full.yaml" in wheel.namelist()
    assert "uda/configs/translate/spgan.yaml" in wheel.namelist()
    pages = [path for root in PACKAGES.values() for path in (ROOT / root).rglob("*.html.j2")]
    assert len([name for name in wheel.namelist() if name.endswith(".html.j2")]) == len(pages)


def test_heavy_packages_are_extras(wheel: zipfile.ZipFile) -> None:
    name = next(n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
    metadata = Parser().parsestr(wheel.read(name).decode())
    extras = {"render", "export", "weights", "search", "xgboost", "ray", "hub", "wandb"}
    extras |= {"mlflow"}
    assert set(metadata.get_all("Provides-Extra", [])) == extras
    needed = metadata.get_all("Requires-Dist", [])
    base = [line for line in needed if "extra ==" not in line]
    heavy = (
        *("anny", "bpy", "openexr", "onnx", "efficientnet", "cma", "xgboost", "ray", "wandb"),
        "mlflow",
    )
    assert [line for line in base if line.startswith(heavy)] == []
    assert any(line.startswith("torch") for line in base)
    assert any(line.startswith("bpy") and "extra == 'render'" in line for line in needed)


def test_a_checkout_installs_every_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = ",".join(project["project"]["optional-dependencies"])
    assert f"vidsynth-uda[{extras}]" in project["dependency-groups"]["dev"]


@pytest.mark.slow
def test_all_that_needs_no_extra_is_imported_without_them() -> None:
    found = without_extras("every-module")
    assert found.returncode == 0, found.stderr[-2000:]
    assert int(found.stdout.split()[0]) > 300


@pytest.mark.parametrize("command", ["uda.cli", "vidsynth.cli"])
def test_commands_answer_without_the_extras(command: str) -> None:
    found = without_extras(command, "--help")
    assert found.returncode == 0, found.stderr
    assert "Commands:" in found.stdout


@pytest.mark.parametrize("command", ["render-tracklets", "render-images", "preview"])
def test_rendering_without_blender_says_what_to_install(command: str, tmp_path: Path) -> None:
    output = tmp_path / ("out.png" if command == "preview" else "out")
    found = without_extras("vidsynth.cli", command, "--output", str(output))
    assert found.returncode == 2
    assert 'pip install "vidsynth-uda[render]"' in found.stderr
    assert "Python 3.11" in found.stderr
    assert len(found.stderr.strip().splitlines()) == 1
    assert not output.exists()


def test_a_dry_run_needs_no_blender(tmp_path: Path) -> None:
    output = str(tmp_path / "out")
    found = without_extras("vidsynth.cli", "render-tracklets", "--dry-run", "--output", output)
    assert found.returncode == 0, found.stderr
    assert "CPU time" in found.stdout


def test_the_doctor_names_what_is_missing() -> None:
    found = without_extras("vidsynth.cli", "doctor")
    assert 'bpy is not installed: pip install "vidsynth-uda[render]"' in found.stdout
    assert 'anny is not installed: pip install "vidsynth-uda[render]"' in found.stdout
