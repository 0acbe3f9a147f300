"""The job files of docs/scale.md start every slice once."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from vidsynth.run.executors.slices import parse_slice

FOLDER = Path(__file__).parents[4] / "docs/scale"
SCRIPT = FOLDER / "slices.sbatch"


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Stands in for the programs that job files start; returns what `--shots` they were given."""
    said = tmp_path / "said"
    for name, body in (("srun", 'exec "$@"'), ("vidsynth", f'printf "%s\\n" "$@" >> {said}')):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/bash\n{body}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SCRATCH", str(tmp_path))

    def slices():
        words = said.read_text().splitlines()
        return [parse_slice(words[i + 1]) for i, word in enumerate(words) if word == "--shots"]

    return slices


def test_the_slurm_array_is_every_slice(told):
    subprocess.run(["bash", "-n", SCRIPT], check=True)
    options = dict(
        line.removeprefix("#SBATCH --").split()[0].split("=")
        for line in SCRIPT.read_text().splitlines()
        if line.startswith("#SBATCH") and "=" in line
    )
    first, last = map(int, options["array"].split("-"))
    for index in range(first, last + 1):
        variables = {"SLURM_ARRAY_TASK_ID": str(index), "SLURM_CPUS_PER_TASK": "8"}
        subprocess.run(["bash", SCRIPT], check=True, env={**os.environ, **variables})
    assert {part.number for part in told()} == set(range(1, last + 1))
    assert {part.count for part in told()} == {last}


def test_the_indexed_job_is_every_slice(told):
    job = yaml.safe_load((FOLDER / "slices.yaml").read_text())
    spec = job["spec"]
    assert (job["kind"], spec["completionMode"]) == ("Job", "Indexed")
    pod = spec["template"]["spec"]
    assert pod["restartPolicy"] == "Never", "backoffLimitPerIndex wants it"
    (container,) = pod["containers"]
    for index in range(spec["completions"]):
        command = [*container["command"], *container["args"]]
        variables = {"JOB_COMPLETION_INDEX": str(index)}
        subprocess.run(command, check=True, env={**os.environ, **variables})
    assert {part.number for part in told()} == set(range(1, spec["completions"] + 1))
    assert {part.count for part in told()} == {spec["completions"]}
    assert {m["name"] for m in container["volumeMounts"]} == {v["name"] for v in pod["volumes"]}
