"""Two machines under torchrun, which are two processes that meet over the loopback interface."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.uda.miniature import FEW
from uda.runs import checkpoint

# The miniature backbone needs a script of its own; a small one that ships does as well here.
SMALL = [o for o in FEW if not o.startswith("model.name")] + ["training.epochs=1"]


def torchrun(nodes: int, output: Path, roots: tuple[Path, Path]) -> list[str]:
    """Runs ``uda train`` on so many nodes of one process; what each of them said on stderr."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--nnodes", str(nodes)),
        *("--nproc-per-node", "1", "--master-addr", "127.0.0.1"),
    ]
    train = [
        *("-m", "uda", "train", "--source", "mars", "--source-root", str(roots[0])),
        *("--target-root", str(roots[1]), "--method", "source_only", "--config", "laptop-scratch"),
        *("--output", str(output), *SMALL),
    ]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    started = [
        subprocess.Popen(
            [*command, "--master-port", str(port), "--node-rank", str(rank), *train],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        for rank in range(nodes)
    ]
    said = [process.communicate(timeout=300)[1] for process in started]
    assert all(process.returncode == 0 for process in started), said
    return said


@pytest.mark.slow
def test_two_nodes_train_one_model(tmp_path: Path, miniatures: tuple[Path, Path]) -> None:
    said = torchrun(2, tmp_path / "nodes", miniatures)
    for rank, text in enumerate(said):
        assert f"GLOBAL_RANK: {rank}, MEMBER: {rank + 1}/2" in text
    saved = checkpoint.load(tmp_path / "nodes/checkpoints/last.pt")
    assert len(saved["random"]) == 2
    assert saved["config"]["training"]["devices"] == 1, "of each node"
    assert saved["position"]["epoch"] == 1
    assert (tmp_path / "nodes/result.json").exists()
