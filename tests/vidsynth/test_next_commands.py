"""What a command prints as the next one works, for every recipe: rendered small, trained small."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from tests.mars_tree import write_mars_tree
from tests.uda.miniature import undrawn
from tests.vidsynth.inline_executor import InlineExecutor
from tests.vidsynth.shared_sets import PAINTED
from uda.cli import app as uda
from vidsynth.cli import app as vidsynth
from vidsynth.run import job

FOLDER = Path(__file__).parents[2] / "configs/synth"
RECIPES = sorted(path.stem for path in FOLDER.glob("*.yaml"))

SHORT = (
    "--config", "laptop-scratch",
    "data.size=32x16", "data.pad=2", "data.identities=2", "data.instances=2", "data.workers=0",
    "training.epochs=1", "training.steps=2", "training.accelerator=cpu", "evaluation.beside=[]",
    "monitoring.features=0",
)  # fmt: skip
"""A small network, whatever would be taken here."""
FEW = {
    "render-tracklets": ("people_per_shot=6", "frames=1", "boxes.min_frames=1", "crowd.density=0"),
    "render-images": ("cameras_per_identity=2", "images_per_camera=1"),
    "grid": ("grid.views=2", "hours=[noon]", "weathers=[sunny]", "sites=[plaza]"),
}
FEW_PEOPLE = ("identities=4", "distractor_share=0")
PAIRS = ("identities=12", "people.lookalike_size=2", "distractor_share=0")
"""The fewest people of whom a tenth are look-alikes."""


@pytest.fixture(scope="session")
def targets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The real benchmarks that commands name, in miniature: people of one colour each."""
    folder = tmp_path_factory.mktemp("targets")
    mars = write_mars_tree(folder / "mars")
    market, ccvid = folder / "market1501", folder / "ccvid"
    ccvid.mkdir()
    lists: dict[str, list[str]] = {"train": [], "query": [], "gallery": []}
    for half in ("train", "test"):
        for first in sorted((mars / f"bbox_{half}").glob("*/*F001.jpg")):
            person, camera, walk = first.name[:4], int(first.name[5]), int(first.name[7:11])
            if not person.isdecimal() or person == "0000":
                continue
            part = "train" if half == "train" else "query" if walk == 1 else "gallery"
            name = {"train": "bounding_box_train", "gallery": "bounding_box_test"}.get(part, part)
            still = market / name / f"{person}_c{camera}s1_{walk:06d}_00.jpg"
            still.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(first, still)
            walked = f"session{camera}/{int(person):03d}_{walk:02d}"
            (ccvid / walked).mkdir(parents=True)
            shutil.copy(first, ccvid / walked / "00001.jpg")
            lists[part].append(f"{walked}\t{int(person):03d}\tu{walk}_l0")
    for part, lines in lists.items():
        (ccvid / f"{part}.txt").write_text("\n".join(lines) + "\n")
    return {"mars": mars, "market1501": market, "ccvid": ccvid}


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands paint in this process, with every filter of the recipe."""
    render = job.render

    def paint(config, output, workers, *, part, executor):
        return render(config, output, 1, False, PAINTED, part=part, executor=InlineExecutor)

    monkeypatch.setattr(job, "render", paint)


@pytest.mark.parametrize("name", RECIPES)
def test_what_a_recipe_says_next_can_be_done(
    name: str,
    painted: None,
    targets: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(FOLDER.parents[1])
    recipe = (FOLDER / f"{name}.yaml").read_text()
    (command, *words), root = rendering_of(recipe), tmp_path / "a set"
    few = FEW["grid" if "grid:" in recipe else command]
    few += PAIRS if "lookalike_share" in recipe else FEW_PEOPLE
    said = done(vidsynth, command, *words, "--output", root, *few).splitlines()
    shown = [line.removeprefix("Look at it: ") for line in said if "Look at it" in line]
    assert len(shown) == (command == "render-tracklets")
    monkeypatch.chdir(tmp_path)
    for line in shown:
        done(vidsynth, *typed("vidsynth", line))
        assert Image.open("sheet.png").size > (100, 100)
    (line,) = (line.removeprefix("Train on it: ") for line in said if "Train on it" in line)
    words = typed("uda", line)
    target = words[words.index("--target") + 1]
    with undrawn():
        done(uda, *words, "--target-root", targets[target], "--output", "run", *SHORT)
    assert json.loads(Path("run/result.json").read_text())["target_test"]["queries"] == 6


def rendering_of(recipe: str) -> list[str]:
    """The words of the command that a recipe's first lines give, without what a user would have."""
    found = re.search(r"^#   (vidsynth .+)$", recipe, re.M)
    assert found is not None, "a recipe says how it is rendered"
    words = typed("vidsynth", found[1])
    return [w for w in words if w != "--dry-run" and not w.startswith("backgrounds.directory")]


def typed(program: str, line: str) -> list[str]:
    first, *words = shlex.split(line)
    assert first == program
    return words


def done(program: typer.Typer, *words: object) -> str:
    """What a command says that ends well."""
    result = CliRunner().invoke(program, list(map(str, words)))
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout
