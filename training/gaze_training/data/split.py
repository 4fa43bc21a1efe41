"""Who is kept out of training: decided by a hash of the person, so that every command and machine agrees."""

from __future__ import annotations

from zlib import crc32

HELD_OUT_PERCENT = 40


def is_heldout(group: str, person: str) -> bool:
    """Whether this person's photographs are for measuring alone (about 40 % of the people are).

    The same for ever and everywhere: no seed, no order of files, no list to keep.
    """
    return crc32(f"{group}_{person}".encode()) % 100 < HELD_OUT_PERCENT
