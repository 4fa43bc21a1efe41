import json
from pathlib import Path

import pytest

from app.tiny_models import follows_head
from gaze_demo.bench import ENGINES, BenchResult, Cost, bench, measure, moving_face
from gaze_demo.landmarks.engine import direct_is_available
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import find_model


def test_steps_are_taken_in_turns_after_a_warm_up() -> None:
    order: list[tuple[str, int]] = []
    costs = measure({"a": lambda i: order.append(("a", i)), "b": lambda i: order.append(("b", i))}, 12)
    assert order[-24:] == [(name, i) for i in range(12) for name in "ab"]
    assert [cost.name for cost in costs] == ["a", "b"]
    assert all(0 <= cost.median_ms <= cost.p95_ms for cost in costs)


def test_the_bench_measures_every_stage_model_and_engine(tmp_path: Path) -> None:
    model = load_model(find_model(str(follows_head(tmp_path / "tiny.onnx"))))
    result = bench([model], 640, 480, 10)
    names = [cost.name for cost in result.costs]
    for name in ("head pose", "eyes", "crops", "model tiny", "whole app without a window"):
        assert name in names
    if direct_is_available():
        assert set(ENGINES) <= set(names)
        assert 0.1 < result.ratio < 1.0  # 0.55 to 0.6 where nothing else runs
    assert all(cost.median_ms > 0 for cost in result.costs)


def test_the_figures_are_saved_as_json_and_a_missing_engine_is_null(tmp_path: Path) -> None:
    BenchResult("1", "m", "e", 640, 480, 10, (Cost("head pose", 1.0, 2.0, 1.0),), float("nan")).write(
        tmp_path / "bench.json"
    )
    told = json.loads((tmp_path / "bench.json").read_text("utf8"))
    assert told["ratio"] is None
    assert told["costs"] == [{"name": "head pose", "median_ms": 1.0, "p95_ms": 2.0, "processor_ms": 1.0}]


@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
def test_the_face_of_the_pictures_moves(size: tuple[int, int]) -> None:
    frames = moving_face(*size, 3)
    assert frames[0].shape == (size[1], size[0], 3)
    assert (frames[0] != frames[2]).any()
