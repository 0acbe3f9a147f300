import subprocess
import sys

import pytest
from typer.testing import CliRunner

from vidsynth.cli import app
from vidsynth.run import job


def run(*words):
    return CliRunner().invoke(app, list(words))


def test_help_loads_nothing_heavy():
    script = (
        "import sys; from typer.testing import CliRunner; from vidsynth.cli import app;"
        "assert CliRunner().invoke(app, ['render-tracklets', '--help']).exit_code == 0;"
        "heavy = {'bpy', 'torch', 'pyarrow', 'numpy'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_help_shows_examples_whole():
    assert "'camera.gamma=[0.7,1.6]' 'weathers=[foggy]'" in run("render-tracklets", "--help").output


def test_a_dry_run_prints_the_plan_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("render-tracklets", "--dry-run", "--identities", "10", "--frames", "8")
    assert result.exit_code == 0, result.output
    for fact in ("10 identities", "shots of 8 frames", "crops", "MB", "CPU time"):
        assert fact in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_says_who_looks_alike_and_who_changes_clothes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["people.outfits=2", "people.lookalike_share=0.5", "--identities", "40"]
    said = run("render-tracklets", "--dry-run", *words).output
    assert "2 outfits each, 20 in groups of 5 look-alikes" in said
    assert "each identity seen 3 times, at 3 of 4 sites, 100% on several outings (3)" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["identites=4"], "did you mean identities"),
        (["--cameras", "41"], "Config key cameras"),
        (["--quality", "superb"], "Config key quality"),
        (["--config", "absent.yaml"], "no such file"),
        (["frames"], "key=value"),
        (["--workers", "0"], "--workers"),
    ],
)
def test_bad_input_is_one_paragraph_and_exit_code_2(words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("render-tracklets", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_preview_of_nothing_is_an_error(tmp_path):
    result = run("preview", "--root", str(tmp_path))
    assert result.exit_code == 2
    assert "render-tracklets" in result.stderr


def test_without_blender_one_line_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(job.importlib.util, "find_spec", lambda name: None)
    result = run("render-tracklets", "--output", str(tmp_path / "set"))
    assert result.exit_code == 2
    assert "Python 3.11" in result.stderr
    assert not (tmp_path / "set").exists()


def test_ctrl_c_says_that_the_run_continues(tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(job, "render", interrupted)
    result = run("render-tracklets", "--output", str(tmp_path / "set"))
    assert result.exit_code == 130
    assert "continues" in result.stderr


def test_every_setting_is_listed():
    listed = run("settings").output
    assert "\ncamera.gamma=[" in listed
    assert "\nboxes.jitter=" in listed


def test_a_file_that_cannot_be_written_is_one_paragraph(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise IsADirectoryError(21, "Is a directory", str(tmp_path))

    monkeypatch.setattr("vidsynth.inspect.preview.sheet.contact_sheet", refused)
    result = run("preview", "--root", str(tmp_path), "--output", str(tmp_path / "sheet.png"))
    assert result.exit_code == 2
    assert result.stderr == f"vidsynth: Cannot use {tmp_path}: Is a directory.\n"
