"""Benchmarks, each a ratio against a named reference measured in the same run.

uv run tools/bench.py decode      # 64 frames of a video, frames of many short ones
uv run tools/bench.py load        # clips per second out of files
uv run tools/bench.py stream      # clips per second out of shards, front to back
uv run tools/bench.py rank        # seconds per benchmark
uv run tools/bench.py rerank      # seconds and memory beyond the feature product
uv run tools/bench.py train       # training clips per second, what they wait for; --profile
uv run tools/bench.py render      # CPU-seconds per crop, everything included
uv run tools/bench.py gather      # seconds and memory per finished shot of a large set
uv run tools/bench.py frames      # CPU-seconds per whole frame, and what crops of it cost
uv run tools/bench.py target         # target-aware generation: every row of demands, found, passed
uv run tools/bench.py target-fit     # how much nearer a fitted config is to hidden and real targets
uv run tools/bench.py target-video   # errors of what is measured of rendered videos
"""

from __future__ import annotations

import typer
from benches.decode import decode
from benches.frames import frames
from benches.gather import gather
from benches.load import load
from benches.rank import rank
from benches.render import render
from benches.rerank import rerank
from benches.stream import stream
from benches.target import target
from benches.target_fit import target_fit
from benches.target_video import target_video
from benches.train import train

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def benchmarks() -> None:
    """Measure what the toolkit costs."""


for command in (
    decode,
    frames,
    gather,
    load,
    rank,
    render,
    rerank,
    stream,
    target,
    target_fit,
    target_video,
    train,
):
    app.command()(command)


if __name__ == "__main__":
    app()
