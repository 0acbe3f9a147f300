"""The student, compiled by torch where the machine can."""

from __future__ import annotations

import torch
from torch import nn

from uda.errors import ConfigError


def compile_student(student: nn.Module, device: torch.device, backend: str = "inductor") -> None:
    """Compiles the student's forward pass in place; its weights keep their names.

    Evaluations run the plain student (`torch.compiler.set_stance`), as `uda evaluate` does.
    ConfigError: this machine cannot compile.
    """
    try:
        # An unusual function: a cached one would need no compiler.
        probe = torch.compile(lambda x: x.sin() + 0.734 * x.cos(), backend=backend)
        probe(torch.ones(7, device=device))
    except (RuntimeError, OSError, ImportError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ConfigError(
            f"training.compile=true needs torch.compile to work on {device.type}, but compiling a "
            f"small function failed: {lines[0]} Install what it asks for (g++ for a CPU, Triton "
            "for a GPU), or set training.compile=false."
        ) from error
    # Norms of single losses go through the same graph once more (`loop.gradient_norms`).
    torch._functorch.config.donated_buffer = False
    student.compile(backend=backend)
