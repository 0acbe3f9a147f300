"""docs/drawing.md: every block of it is read or run as it stands, and every form is in one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from strict_reading import parse_yaml
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import flatten, load_config, load_image_config

GUIDE = (Path(__file__).parents[3] / "docs/drawing.md").read_text(encoding="utf-8")
CONFIGS = re.findall(r"```yaml\n# vidsynth (render-\w+)\n(.*?)```", GUIDE, re.DOTALL)
COMMANDS = re.findall(r"^    vidsynth (render-\w+) (.*)$", GUIDE, re.MULTILINE)
LOAD = {"render-tracklets": load_config, "render-images": load_image_config}


@pytest.mark.parametrize(("command", "text"), CONFIGS)
def test_a_config_is_read_and_planned(command: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(text)
    config = LOAD[command](tmp_path / "a.yaml", ["identities=4"])
    plan = TrackletPlan(config) if command == "render-tracklets" else ImagePlan(config)
    assert plan.shot(0)


@pytest.mark.parametrize(("command", "words"), COMMANDS)
def test_a_command_is_understood(command: str, words: str) -> None:
    assert LOAD[command](None, shlex.split(words))


def test_every_form_is_shown() -> None:
    written = " ".join(text for _, text in CONFIGS)
    for form in ("uniform", "normal", "within", "choice", "weights", "histogram", "tables", "per"):
        assert f"{form}:" in written, form
    assert len(flatten(parse_yaml(CONFIGS[0][1]))) > 5


def test_its_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    for block in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(compile(block, "docs/drawing.md", "exec"), {})
    assert "changed, all to {'coat'}" in capsys.readouterr().out
