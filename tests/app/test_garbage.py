"""What the start of the app leaves behind."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from gaze_demo.garbage import networks_apart, pause_collection, resume_collection, return_free_memory

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

# Weights that stay, between files that are freed; glibc's limit has risen before, as by the first frames of a camera.
_LOADED = """
import ctypes, sys
from contextlib import nullcontext
from gaze_demo.garbage import networks_apart, return_free_memory
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
def resident_mb():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
libc.free(libc.malloc(8_000_000))
held = set()
def touched(size):
    held.add(block := libc.malloc(size))
    ctypes.memset(block, 1, size)
    return block
before = resident_mb()
with networks_apart() if sys.argv[1] == "apart" else nullcontext():
    for _ in range(10):
        file = touched(1_500_000)
        touched(500_000)
        held.remove(file)
        libc.free(file)
reused = libc.malloc(6_000_000)
libc.free(reused)
print(resident_mb() - before, libc.malloc(6_000_000) == reused)
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


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
def test_networks_leave_no_holes_and_frames_take_the_same_memory_again() -> None:
    def run(how: str) -> tuple[float, bool]:
        done = subprocess.run([sys.executable, "-c", _LOADED, how], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        grown, again = done.stdout.split()
        return float(grown), again == "True"

    grown, again = run("apart")
    assert again
    assert grown < 6.5  # the ten blocks that stay have 5 MB
    assert grown <= run("together")[0] + 0.5


def test_loading_is_over_when_the_last_thread_has_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []

    class Libc:
        def mallopt(self, what: int, size: int) -> None:
            told.append((what, size))

        def malloc_trim(self, keep: int) -> None:
            told.append((0, keep))

    monkeypatch.setattr("gaze_demo.garbage._glibc", Libc)
    with networks_apart(), networks_apart():
        pass
    apart, together = [(-3, 131072), (-1, 3145728)], [(-3, 33554432), (-1, 3145728)]
    assert told == [*apart, *apart, (0, 0), *together, (0, 0)]
    told.clear()
    monkeypatch.setattr("gaze_demo.garbage._glibc", lambda: None)
    with networks_apart():
        pass
    assert told == []
