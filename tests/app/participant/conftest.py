"""A landmarker, which is slow to make, for all tests of the folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gaze_demo.landmarks.face import FaceLandmarker


@pytest.fixture(scope="package")
def landmarker() -> Iterator[FaceLandmarker]:
    with FaceLandmarker(video=False) as found:
        yield found
