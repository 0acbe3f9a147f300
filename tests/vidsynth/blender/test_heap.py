import ctypes
from pathlib import Path

import pytest

from vidsynth.blender.heap import return_freed_memory

SMAPS = Path("/proc/self/smaps_rollup")


def held():
    lines = SMAPS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))


@pytest.mark.skipif(not SMAPS.exists(), reason="needs Linux's account of memory")
def test_freed_memory_goes_back_though_some_above_it_is_in_use():
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "malloc_trim"):
        pytest.skip("the C library keeps what it likes")
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    size, count = 64 * 1024, 1000
    pieces = [libc.malloc(size) for _ in range(count)]
    for piece in pieces:
        ctypes.memset(piece, 1, size)
    for piece in pieces[:-1]:
        libc.free(piece)
    before = held()
    return_freed_memory()
    libc.free(pieces[-1])
    assert before - held() > count * size / 1024 / 2


def test_a_library_without_it_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    return_freed_memory()
