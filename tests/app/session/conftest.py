from __future__ import annotations

import pytest

from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.observation import Observation
from gaze_demo.pipeline import Pipeline


@pytest.fixture(scope="session")
def seen() -> list[Observation]:
    """A head that moves, at two distances and sizes of the frame."""
    found = []
    for spec, width, height in (("virtual:path,head=moving", 640, 480), ("virtual:path,person=1,seed=3", 1280, 720)):
        source = open_source(spec, SourceOptions(width=width, height=height, real_time=False))
        source.open()
        with Pipeline.on(source) as pipeline:
            for index in range(60):
                frame = source.read()
                assert frame is not None
                if index % 6 == 0:
                    found.append(pipeline.process(frame).observation)
        source.close()
    assert all(one.pose is not None for one in found)
    return found
