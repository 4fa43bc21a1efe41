"""A face search, which is slow to make, for all tests of the folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gaze_demo.landmarks.search import FaceSearch


@pytest.fixture(scope="package")
def search() -> Iterator[FaceSearch]:
    with FaceSearch(video=False) as found:
        yield found
