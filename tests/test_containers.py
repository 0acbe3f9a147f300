"""The Dockerfile does what the README says, and takes all of the wheel into its build."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """Instruction and arguments, continued lines joined, comments left out."""
    lines = [line for line in dockerfile.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [
        (name, rest)
        for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())
    ]


FOUND = instructions(text("Dockerfile"))


def extras(command: str) -> set[str]:
    return set(re.search(r"\[(.+)\]", command)[1].split(","))


def test_it_installs_as_the_readme_does_from_a_checkout() -> None:
    (command,) = [rest for name, rest in FOUND if name == "RUN" and 'pip install ".' in rest]
    (checkout,) = re.findall(r'`(pip install "\.\[\w+\]")`', text("README.md"))
    assert re.sub(r"\[.+\]", "", command) == re.sub(r"\[.+\]", "", checkout)
    listed = re.findall(r'^    pip install "vidsynth-uda(\[.+\])"', text("README.md"), re.M)
    known = set.union(*map(extras, listed))
    assert extras(checkout) <= extras(command) <= known
    assert known == PROJECT["project"]["optional-dependencies"].keys()


def test_it_has_the_python_that_rendering_needs() -> None:
    (base,) = [rest for name, rest in FOUND if name == "FROM"]
    assert re.match(r"python:3\.11-", base)
    assert "fresh machine with Python 3.11" in text("README.md")


def test_commands_of_the_guide_are_those_of_the_readme() -> None:
    section = text("README.md").partition("## The two commands")[2]
    line = re.compile(r"^    uv run ((?:vidsynth|uda) [^#\n]+?)\s*(?:#.*)?$", re.M)
    commands, guide = line.findall(section), text("docs/containers.md")
    assert len(commands) == 2
    for command in commands:
        assert re.search(rf"vidsynth-uda\S* {re.escape(command)}$", guide, re.M)
    (started,) = [rest for name, rest in FOUND if name == "CMD"]
    assert started == '["uda", "--help"]'


def test_one_build_argument_says_which_torch() -> None:
    assert [rest for name, rest in FOUND if name == "ARG"] == ["TORCH=cpu"]
    assert "--build-arg TORCH=cu" in text("docs/containers.md")


def test_torch_comes_before_the_rest_from_that_index_alone() -> None:
    places = [place for place, (name, rest) in enumerate(FOUND) if "pip install" in rest]
    first, then = (FOUND[place][1] for place in places)
    assert first.endswith(" --index-url https://download.pytorch.org/whl/${TORCH}")
    assert "INDEX" not in text("Dockerfile").replace("--index-url", "")
    wanted = [d for d in PROJECT["project"]["dependencies"] if re.match(r"torch(vision)?\b", d)]
    assert re.findall(r'"(.+?)"', first) == wanted
    assert "torch" not in then
    assert FOUND.index(("COPY", ". /src")) > places[0]  # changed code does not fetch torch anew


@pytest.mark.parametrize(
    "path",
    [
        "pyproject.toml",
        PROJECT["project"]["readme"],
        *PROJECT["project"]["license-files"],
        *PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"],
    ],
)
def test_all_that_the_wheel_is_built_of_is_sent_to_the_build(path: str) -> None:
    kept = [line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")]
    assert any(path == name or path.startswith(f"{name}/") for name in kept)
    assert (ROOT / path).exists()


def test_slices_on_kubernetes_write_as_the_images_user() -> None:
    (made,) = [rest for name, rest in FOUND if name == "RUN" and "useradd" in rest]
    job = yaml.safe_load(text("docs/scale/slices.yaml"))
    group = job["spec"]["template"]["spec"]["securityContext"]["fsGroup"]
    assert f"--uid {group} " in made


def test_nothing_else_is_sent() -> None:
    lines = [line for line in text(".dockerignore").splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    assert not {"!data", "!runs", "!tests", "!.git"} & set(lines)
