"""Both landmark engines, which are slow to create, and their test portrait."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gaze_demo import paths
from gaze_demo.landmarks.engine import LandmarkEngine, direct_is_available, open_engine


@pytest.fixture(scope="package")
def direct() -> Iterator[LandmarkEngine]:
    if not direct_is_available():
        pytest.skip("LiteRT has no wheel for this platform")
    engine = open_engine("direct")
    yield engine
    engine.close()


@pytest.fixture(scope="package")
def tasks() -> Iterator[LandmarkEngine]:
    pytest.importorskip("mediapipe")
    engine = open_engine("mediapipe")
    yield engine
    engine.close()


@pytest.fixture(scope="package", params=["direct", "mediapipe"])
def engine(request: pytest.FixtureRequest) -> LandmarkEngine:
    """Each of the two engines."""
    found: LandmarkEngine = request.getfixturevalue("direct" if request.param == "direct" else "tasks")
    return found


@pytest.fixture(scope="package")
def portrait() -> NDArray[np.uint8]:
    """A photograph of a face that looks near the lens, 512 x 512; the face is 115 px wide."""
    image = cv2.imread(str(paths.assets() / "portrait.jpg"))
    assert image is not None
    return np.asarray(image, np.uint8)
