"""What this machine renders with: how many cores, of which type."""

from __future__ import annotations

import platform
from functools import cache

_VECTORS = {"AVX512_SKX": "AVX-512", "AVX2": "AVX2", "SSE42": "SSE4.2"}
"""Instruction sets that NumPy, Cycles and Open Image Denoise have kernels of their own for, widest
first; kernels round differently."""


def cores() -> int:
    """Processor cores this process may use: affinity, cpusets and quotas of control groups (v1 and
    v2, so Docker's ``--cpus``, Kubernetes' limits and SLURM's) count; at least 1."""
    import joblib

    return max(1, int(joblib.cpu_count()))


@cache
def cpu_type() -> str:
    """The processor as far as pixels depend on it: ``x86_64 with AVX2``."""
    from numpy.core._multiarray_umath import __cpu_features__ as features

    vectors = [name for flag, name in _VECTORS.items() if features.get(flag)]
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    return " with ".join([machine, *vectors[:1]])
