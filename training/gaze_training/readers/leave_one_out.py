"""Leave one person out: the protocol of MPIIGaze, MPIIFaceGaze and other sets of few people."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gaze_training.data.sample import Faces


def leave_one_person_out(faces: Faces) -> Iterator[tuple[int, Faces, Faces]]:
    """(person, all others, that person) for each person in turn. Raises ValueError where there are fewer than two."""
    people = np.unique(faces.person)
    if len(people) < 2:
        raise ValueError("leaving one person out needs at least two people")
    for person in people:
        mask = faces.person == person
        yield int(person), faces.select(~mask), faces.select(mask)
