"""Whether a face is found in the portrait that comes with the app."""

from __future__ import annotations

from collections.abc import Iterable

import cv2

from gaze_demo import paths
from gaze_demo.camera.frame import Frame
from gaze_demo.landmarks.engine import engine_description
from gaze_demo.observer import Observer

_TRIALS = 5


def landmarks() -> Iterable[tuple[str, str]]:
    yield "engine", engine_description()
    image = cv2.imread(str(paths.assets() / "portrait.jpg"))
    with Observer(video=False) as observer:
        times = [observer.observe(Frame(image, i, i / 30)).landmarks_ms for i in range(_TRIALS)]
        seen = observer.observe(Frame(image, _TRIALS, 1.0))
    yield "portrait", f"{'a face' if seen.valid else f'no gaze: {seen.reason.value}'}, {min(times):.1f} ms"
