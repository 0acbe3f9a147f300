"""Cores are those that this process may use, not those that the machine has."""

import os
import shutil
import subprocess
import sys

import pytest

from vidsynth.run import machine


def counted(*before, **environment):
    code = "from vidsynth.run.machine import cores; print(cores())"
    command = [*before, sys.executable, "-c", code]
    return int(subprocess.check_output(command, env={**os.environ, **environment}, text=True))


@pytest.mark.skipif(not shutil.which("taskset"), reason="needs taskset")
def test_a_process_tied_to_a_core_has_one():
    assert counted("taskset", "-c", str(min(os.sched_getaffinity(0)))) == 1


def test_a_quota_of_its_control_group_counts(monkeypatch):
    from joblib.externals.loky.backend import context

    monkeypatch.setattr(context, "_cpu_count_cgroup", lambda cores: 1.5)
    monkeypatch.delenv("LOKY_MAX_CPU_COUNT", raising=False)
    assert machine.cores() <= 2
    monkeypatch.setattr(context, "_cpu_count_cgroup", lambda cores: 0.2)
    assert machine.cores() == 1


def test_the_type_of_the_processor_is_a_name_without_its_model():
    assert machine.cpu_type().split(" with ")[0] in ("x86_64", "aarch64")
