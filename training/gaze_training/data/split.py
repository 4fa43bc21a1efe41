"""Which people are held out of training: a hash of the person decides, so that every command and machine agrees."""

from __future__ import annotations

from zlib import crc32

HELD_OUT_PERCENT = 15  # of the people of any group that is not named below
# For sets that were photographed in a studio: there the gaze is known best, and each error figure needs enough people.
STUDIO_PERCENT = 40

_STUDIO = frozenset({"london", "canada"})


def is_heldout(group: str, person: str) -> bool:
    """Whether this person's photographs are only for measuring. The answer is always the same: it depends on no seed,
    order of files or list.
    """
    percent = STUDIO_PERCENT if group in _STUDIO else HELD_OUT_PERCENT
    return crc32(f"{group}_{person}".encode()) % 100 < percent
