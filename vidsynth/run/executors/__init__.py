"""Who renders the shots of a job: processes on this machine, or a Ray cluster; and which shots
those are, where several jobs share a data set (slices)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidsynth.run.executors.executor import MakeExecutor

EXECUTORS = ("local", "ray")


def make_executor(name: str) -> MakeExecutor:
    """The executor called ``name``, one of EXECUTORS."""
    if name == "ray":
        from vidsynth.run.executors.ray import RayExecutor

        return RayExecutor
    from vidsynth.run.executors.local import LocalExecutor

    return LocalExecutor
