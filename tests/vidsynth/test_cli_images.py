import subprocess
import sys

import pytest
from typer.testing import CliRunner

from vidsynth.cli import app


def run(*words):
    return CliRunner().invoke(app, list(words))


def test_help_loads_nothing_heavy():
    script = (
        "import sys; from typer.testing import CliRunner; from vidsynth.cli import app;"
        "assert CliRunner().invoke(app, ['render-images', '--help']).exit_code == 0;"
        "heavy = {'bpy', 'torch', 'pyarrow', 'numpy'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_dry_run_counts_a_grid_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["grid.views=36", "hours=[noon,dusk]", "weathers=[sunny]", "sites=[park,plaza]"]
    result = run("render-images", "--dry-run", "--identities", "10", *words)
    assert result.exit_code == 0, result.output
    for fact in ("10 identities", "36 views in 4 scenes", "40 shots, 1,440 images", "CPU time"):
        assert fact in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["synth/images", "synth/finegpr-like", "target/tagp-base"])
def test_recipes_can_be_planned(name):
    result = run("render-images", "--dry-run", "--config", f"configs/{name}.yaml")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["view.azimut=4"], "did you mean view.azimuth"),
        (["view.azimuth=north"], "expected a number, [from, to], {uniform"),
        (["motion.run_share=0.5"], "motion.run_share is of people who move along"),
        (["grid.views=36", "view.azimuth=90"], "a grid of 36 views has azimuths of its own"),
        (["boxes.min_frames=50"], "boxes.min_frames is of tracklets"),
        (["occluders.directory=cuts"], "occluders.kinds lacks picture"),
        (["zzzz=4"], "`vidsynth settings render-images` lists all keys"),
        (["backgrounds.directory=absent"], "backgrounds.directory=absent, found: No such file"),
    ],
)
def test_bad_input_is_one_paragraph_and_exit_code_2(words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("render-images", "--dry-run", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_settings_of_each_command_are_listed():
    assert "\nview.azimuth=[0.0,360.0]" in run("settings", "render-images").output
    assert "\ncamera.gamma=[" in run("settings").output
    assert run("settings", "render-statues").exit_code == 2
