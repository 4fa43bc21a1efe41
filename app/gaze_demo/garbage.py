"""What the start of the app leaves behind: Python objects that stay, and memory that is free again.

Loading makes some hundred thousand objects that stay. The garbage collector would look through all of them again and
again, first during the start, and later in the middle of a frame.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_M_MMAP_THRESHOLD = -3  # glibc's name for the size from which a block gets memory of its own
_M_TRIM_THRESHOLD = -1  # and for how much free memory at the end of the heap it returns by itself
# The limits between which glibc moves this size by itself: up, whenever a larger block is freed.
_APART_FROM, _TOGETHER_BELOW = 128 * 1024, 32 * 2**20
# Free memory that stays at the end of the heap: room for a frame of 1280 x 720 px, which is needed again at once. glibc
# would keep twice the limit above.
_KEPT = 3 * 2**20
_loading = 0
_loading_lock = threading.Lock()


def pause_collection() -> None:
    """Collect no garbage until `resume_collection`."""
    gc.disable()


def resume_collection() -> None:
    """Collect garbage again, but leave out every object that exists now."""
    gc.freeze()
    gc.enable()


def return_free_memory() -> None:
    """Give memory that native code has freed back to the system, which takes a few ms.

    glibc keeps it for each thread: 11 MB after onnxruntime has optimised the shipped teacher. Does nothing on other
    systems.
    """
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


@contextmanager
def networks_apart() -> Iterator[None]:
    """Loading networks inside gives their large blocks memory of their own, which goes back to the system when they are
    freed; afterwards, free memory is returned. Otherwise weights that stay lie between files and copies that do not,
    and the memory between them is not returned. May be used from several threads at the same time; does nothing without
    glibc.

    Frames are not treated so: new memory for each would take longer than to fill the old one.
    """
    global _loading
    libc = _glibc()
    with _loading_lock:
        _loading += 1
        _separate(libc, _APART_FROM)
    try:
        yield
    finally:
        with _loading_lock:
            _loading -= 1
            if not _loading:
                _separate(libc, _TOGETHER_BELOW)
        return_free_memory()


def _separate(libc: Any, least: int) -> None:
    """Give blocks of this size and larger memory of their own."""
    if libc is not None:
        libc.mallopt(_M_MMAP_THRESHOLD, least)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT)


@cache
def _glibc() -> Any:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") else None  # musl has none
