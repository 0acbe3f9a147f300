"""Ctrl-C and SIGTERM wait for the end of the step, so that a checkpoint can be written."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

import torch
from lightning_fabric import Fabric

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Within the context, the first signal is noted and the second one acts as usual."""

    def __init__(self) -> None:
        self.requested = False
        self._previous: dict[int, signal.Handlers] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            self._previous = {s: signal.signal(s, self._note) for s in SIGNALS}  # type: ignore[misc]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._restore()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def agreed(self, fabric: Fabric) -> bool:
        """Whether any process was asked to stop: all of them must stop at the same step."""
        if fabric.world_size == 1:
            return self.requested
        asked = fabric.to_device(torch.tensor(float(self.requested)))
        total = fabric.all_reduce(asked, reduce_op="sum")
        assert isinstance(total, torch.Tensor)
        return bool(total > 0)
