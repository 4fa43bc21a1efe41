"""What the start of the app leaves behind: Python objects that stay, and memory that is free again.

Loading makes some hundred thousand objects that stay. The garbage collector would look through all of them again and
again, first during the start, and later in the middle of a frame.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from functools import cache
from typing import Any


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


@cache
def _glibc() -> Any:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") else None  # musl has none
