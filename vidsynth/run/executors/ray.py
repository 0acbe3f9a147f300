"""Renders on a Ray cluster: the one at RAY_ADDRESS, else one of this machine's cores.

A shot is a task. Ray tries it again where a worker or a node dies; where the renderer crashes, this
does, as `LocalExecutor`. ray_node.py is what runs on the nodes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import socket
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Any

from vidsynth.errors import RenderError
from vidsynth.run.build import build
from vidsynth.run.executors.executor import ATTEMPTS, Crash, Event, Job, Places
from vidsynth.run.executors.ray_node import TOKEN, Board, Order, Outcome, render_shot, try_node
from vidsynth.run.machine import cores
from vidsynth.run.markers import adopt
from vidsynth.settings import fingerprint

DEATHS = 3
"""How often Ray tries a shot again whose worker or node has died."""

LOOK_EVERY = 0.5
"""Seconds between two looks at what was rendered."""


class RayExecutor:
    """Renders ``shots`` as tasks, ``workers`` at a time, by default one per core of the cluster.

    ``shared`` False has results sent back even where nodes see the driver's folder.
    """

    _order: Any  # an ObjectRef of an Order, once it is open
    _board: Any

    def __init__(
        self, job: Job, shots: Sequence[int], workers: int | None, shared: bool = True
    ) -> None:
        self._job, self._shots, self._asked, self._shared = job, shots, workers, shared
        self._marks = (fingerprint(job.production().config),)
        self._flying: dict[Any, int] = {}
        self._connected = False

    def start(self) -> None:
        """Raises RenderError where there is no Ray, no cluster, or a node that cannot take part."""
        if not self._shots:
            return
        self._ray = _import_ray()
        if not self._ray.is_initialized():
            _connect(self._ray, min(self._asked or cores(), len(self._shots)))
            self._connected = True
        self._check_nodes()

    def open(self, places: Places) -> None:
        if not self._shots:
            return
        self._places = Places(
            places.root.resolve(), places.partial.resolve(), places.logs.resolve()
        )
        token = secrets.token_hex(16)
        (self._places.partial / TOKEN).write_text(token)
        order = Order(self._job, build(), self._places, token, self._shared)
        self._order = self._ray.put(order)
        self._board = self._ray.remote(num_cpus=0)(Board).remote()

    def events(self) -> Iterator[Event]:
        if not self._shots:
            return
        try:
            yield from self._events()
        except self._ray.exceptions.RayError as error:
            raise RenderError(
                f"The Ray cluster at {_address()} was lost: {_brief(error)}. Finished shots are "
                "kept: give the same command again, it continues."
            ) from None

    def _events(self) -> Iterator[Event]:
        ray = self._ray
        task = ray.remote(num_cpus=1, max_retries=DEATHS)(render_shot)
        waiting, tries = deque(self._shots), Counter[int]()
        while waiting or self._flying:
            while waiting and len(self._flying) < self._workers():
                shot = waiting.popleft()
                tries[shot] += 1
                self._flying[task.remote(self._order, shot, self._board)] = shot
            done, _ = ray.wait(list(self._flying), timeout=LOOK_EVERY)
            with contextlib.suppress(ray.exceptions.RayError):  # progress alone
                for shot, crops in ray.get(self._board.take.remote(), timeout=LOOK_EVERY):
                    yield Event("crops", shot, crops)
            for ref in done:
                event = self._outcome(ref, self._flying.pop(ref), tries)
                if event.kind == "retry":
                    waiting.append(event.shot)
                yield event
                if event.kind == "hopeless":
                    return

    def close(self) -> None:
        if self._connected:
            self._ray.shutdown()  # ends this driver's tasks, and a cluster of its own
            self._connected = False
        else:
            for ref in self._flying:
                self._ray.cancel(ref, force=True)
        self._flying = {}

    def _workers(self) -> int:
        """How many tasks are given out; a cluster may grow meanwhile."""
        return self._asked or max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def _check_nodes(self) -> None:
        """Raises RenderError unless all nodes that have cores have this build, on this type of
        processor, and can start the renderer."""
        ray = self._ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        nodes = [n for n in ray.nodes() if n["Alive"] and n["Resources"].get("CPU", 0) >= 1]
        if not nodes:
            raise RenderError(
                f"Expected a node with cores in the Ray cluster at {_address()}, found none: start "
                "one with `ray start --address=HEAD:PORT`."
            )
        task = ray.remote(num_cpus=0, max_retries=DEATHS)(try_node)
        refs = [
            task.options(
                scheduling_strategy=NodeAffinitySchedulingStrategy(n["NodeID"], soft=False)
            ).remote(self._job, build())
            for n in nodes
        ]
        bad = []
        for node, ref in zip(nodes, refs, strict=True):
            try:
                outcome = ray.get(ref)
            except ray.exceptions.RayError as error:
                bad.append(f"{node['NodeName']}: {_brief(error)}")
            else:
                if outcome.full:
                    raise Crash("the disk is full", True, outcome.full)
                if outcome.kind != "done":
                    bad.append(f"{outcome.node}: {outcome.text}")
        if bad:
            raise RenderError(
                f"Expected every node of the Ray cluster at {_address()} to render with this build "
                f"of the generator on this type of processor, as pixels would not match, found "
                f"{len(bad)} of {len(nodes)} that do not: {'; '.join(bad[:5])}. Install the same "
                "packages there and run this command on a node of that type, or take those nodes "
                "out of the cluster."
            )

    def _outcome(self, ref: Any, shot: int, tries: Counter[int]) -> Event:
        try:
            outcome: Outcome = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            return self._again(shot, _brief(error), tries)
        if outcome.kind == "refused":
            raise RenderError(
                f"The node {outcome.node} has joined the Ray cluster with another build of the "
                f"generator or type of processor ({outcome.text}): its pixels would not match. "
                "Finished shots are kept: take it out and give the same command again."
            )
        if outcome.kind == "crash":
            if outcome.hopeless:
                return Event("hopeless", shot, text=outcome.text, full=outcome.full)
            return self._again(shot, f"{outcome.node}: {outcome.text}", tries)
        if outcome.files and not self._take(shot, outcome.files):
            return self._again(shot, f"{outcome.node} sent damaged files", tries)
        return Event("done", shot, outcome.crops, cpu_seconds=outcome.cpu_seconds)

    def _again(self, shot: int, text: str, tries: Counter[int]) -> Event:
        return Event("retry" if tries[shot] < ATTEMPTS else "failed", shot, text=text)

    def _take(self, shot: int, files: list[tuple[str, bytes]]) -> bool:
        """Moves a shot that was sent back into the data set; whether it came whole."""
        came = self._places.partial / "came"
        try:
            for name, content in files:
                (came / name).parent.mkdir(parents=True, exist_ok=True)
                (came / name).write_bytes(content)
            room = self._places.partial / "taken"
            return adopt(self._places.root, shot, came, self._marks, room)
        finally:
            shutil.rmtree(came, ignore_errors=True)


def _brief(error: Exception) -> str:
    """The first paragraph of what Ray says, and the last line, where an exception's text is."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    return " ".join(dict.fromkeys([*lines[:1], *lines[-1:]]))[:600] or type(error).__name__


_HERE = "this machine"


def _address() -> str:
    address = os.environ.get("RAY_ADDRESS", "")
    return _HERE if address in ("", "local") else address


def _import_ray() -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # a cluster started here reports nothing
    if _address() == _HERE:
        # Ray listens on all interfaces: whoever reaches a port needs this to be let in (Ray 2.52).
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    try:
        import ray
    except ImportError:
        raise RenderError(
            "Expected the package ray for --executor ray, found none. Install it here and on every "
            'node: pip install "vidsynth-uda[ray]".'
        ) from None
    return ray


def _connect(ray: Any, workers: int) -> None:
    """Connects to the cluster at RAY_ADDRESS, or starts one of ``workers`` cores here."""
    address = _address()
    if address.startswith("ray://"):
        raise RenderError(
            f"Expected RAY_ADDRESS to be a cluster's own address, HEAD:6379 or auto, found "
            f"{address}: run the command on a node of the cluster, for example by `ray job submit`."
        )
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address == _HERE:
            ray.init(address="local", num_cpus=workers, include_dashboard=False, **quiet)
        else:
            host, _, port = address.rpartition(":")
            if port.isdigit():
                socket.create_connection((host, int(port)), 10).close()  # Ray takes minutes to see
            ray.init(address=address, **quiet)
    except (ConnectionError, RuntimeError, ValueError, OSError, TimeoutError) as error:
        raise RenderError(
            f"Expected a Ray cluster at {_address()}, found: {_brief(error)}. Start one "
            "(`ray start --head --disable-usage-stats`), or unset RAY_ADDRESS to render on this "
            "machine alone."
        ) from None
