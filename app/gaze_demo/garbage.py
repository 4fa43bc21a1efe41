"""Python's garbage collection while modules and windows are loaded.

Loading makes some hundred thousand objects that stay. The collector would look through all of them again and again,
first during the start, and later in the middle of a frame.
"""

from __future__ import annotations

import gc


def pause_collection() -> None:
    """Collect no garbage until `resume_collection`."""
    gc.disable()


def resume_collection() -> None:
    """Collect garbage again, but leave out every object that exists now."""
    gc.freeze()
    gc.enable()
