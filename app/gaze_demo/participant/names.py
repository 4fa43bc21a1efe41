"""The names of the virtual people, separate because drawing them needs many more imports."""

from __future__ import annotations

# By number, as `gaze_demo.participant.person.PEOPLE`.
NAMES = ("Person 1", "Person 2", "Person 3", "Amara", "Noor", "Finn", "Jun", "Ivo", "Otto", "Rosa")
STUDIED = 3  # the calibration study uses this many people, the first ones


def find_person(name: str) -> int | None:
    """The number of the person of that name, in any case; None if there is none."""
    names = [known.casefold() for known in NAMES]
    wanted = name.strip().casefold()
    return names.index(wanted) if wanted in names else None
