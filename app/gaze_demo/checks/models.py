"""Whether each model runs on that portrait."""

from __future__ import annotations

from collections.abc import Iterable

import cv2

from gaze_demo import clock, paths
from gaze_demo.camera.frame import Frame
from gaze_demo.errors import UserError
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import scan_models
from gaze_demo.observer import Observer

_TRIALS = 5


def models() -> Iterable[tuple[str, str]]:
    found = scan_models()
    with Observer(video=False) as observer:
        seen = observer.observe(Frame(cv2.imread(str(paths.assets() / "portrait.jpg")), 0, 0.0))
    for entry in found.entries:
        try:
            started = clock.now_s()
            model = load_model(entry)
            loading_s = clock.now_s() - started
            answers = [model.estimate(seen) for _ in range(_TRIALS)]
        except UserError as error:
            yield entry.name, str(error)
            continue
        best_ms = min(answer.model_ms for answer in answers)
        gaze = "a gaze" if answers[0].gaze is not None else f"no gaze: {answers[0].reason.value}"
        yield entry.name, f"{entry.origin}, {gaze}, {best_ms:.2f} ms, loaded in {loading_s:.2f} s"
    for problem in found.problems:
        yield "problem", problem
