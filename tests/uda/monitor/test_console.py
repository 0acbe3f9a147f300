"""What the progress line says."""

from __future__ import annotations

import io

import pytest
import rich.console

from uda.monitor.console import Console


@pytest.mark.parametrize("width", [180, 90])
def test_the_line_shows_epoch_time_speed_and_losses(width: int) -> None:
    console = Console(start=0, total=40, epochs=4, show=True)
    losses = {"loss": 3.25, "identity": 2.5, "triplet": 0.75, "a": 1.0, "b": 1.0, "fifth": 9.0}
    for step in (11, 12):
        console.advance(1, step, losses, 64.0)
    console.close()
    out = io.StringIO()
    screen = rich.console.Console(file=out, width=width)
    screen.print(console.progress.get_renderable())
    line = out.getvalue().splitlines()[0]
    for phrase in ("epoch 2/4", "12/40 steps", "left", "64 clips/s"):
        assert phrase in line
    if width == 180:
        assert "loss 3.250  identity 2.50 triplet 0.75" in line
        assert "fifth" not in line
