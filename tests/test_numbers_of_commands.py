"""Numbers that are none are refused wherever a command takes a number."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import uda.cli
import vidsynth.cli
from tests.command_lines import commands

APPS = {"uda": uda.cli.app, "vidsynth": vidsynth.cli.app}
OPTIONS = [
    (which, *names, taken.word)
    for which, app in APPS.items()
    for names, takes in commands(app)
    for taken in takes
    if taken.kind == "option" and taken.type in (float, float | None)
]


def test_there_are_such_options() -> None:
    assert ("uda", "search", "--weight") in OPTIONS
    assert ("uda", "predict", "--camera-share") in OPTIONS
    assert ("vidsynth", "target", "measure", "--epsilon") in OPTIONS


@pytest.mark.parametrize("number", ["nan", "inf"])
@pytest.mark.parametrize("words", OPTIONS, ids=" ".join)
def test_they_are_finite(words: tuple[str, ...], number: str) -> None:
    found = CliRunner().invoke(APPS[words[0]], [*words[1:], number])
    assert found.exit_code == 2
    assert f"Invalid value for '{words[-1]}'" in found.output
