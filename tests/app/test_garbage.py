"""What the start of the app leaves behind."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from gaze_demo.garbage import pause_collection, resume_collection, return_free_memory

# A model's weights and the network that was made of them: small blocks, freed while a later one is kept.
_FREED = """
import ctypes
from gaze_demo.garbage import return_free_memory
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
def resident_mb():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
blocks = [libc.malloc(60_000) for _ in range(700)]
for block in blocks:
    ctypes.memset(block, 1, 60_000)
for block in blocks[:-1]:
    libc.free(block)
before = resident_mb()
return_free_memory()
print(before - resident_mb())
"""


def test_the_collector_rests_while_modules_are_loaded() -> None:
    pause_collection()
    try:
        assert not gc.isenabled()
    finally:
        resume_collection()
    assert gc.isenabled()


def test_what_was_loaded_is_not_looked_through_again() -> None:
    loaded: list[object] = []
    loaded.append(loaded)
    pause_collection()
    resume_collection()
    try:
        assert gc.get_freeze_count() > 0
        assert not any(each is loaded for each in gc.get_objects())
    finally:
        gc.unfreeze()


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
def test_freed_memory_goes_back_to_the_system() -> None:
    run = subprocess.run([sys.executable, "-c", _FREED], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert float(run.stdout) > 30


def test_it_does_nothing_where_there_is_no_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gaze_demo.garbage._glibc", lambda: None)
    return_free_memory()
