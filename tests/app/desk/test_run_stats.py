from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.live.sights import seen_frame, shot, sight
from gaze_demo.desk import run_stats
from gaze_demo.desk.run_stats import PaneStats, RunStats
from gaze_demo.errors import UserError
from gaze_demo.live.pane_id import PaneId
from gaze_demo.observation import Reason


def test_frames_between_the_painted_ones_count_as_dropped() -> None:
    pane = PaneStats()
    for index in (10, 11, 14, 14, 15):  # two left out; one painted twice
        pane.add(sight(of=shot(seen_frame(index))), 1.0)
    summary = pane.summary()
    assert (summary["frames"], summary["dropped"]) == (4, 2)


def test_another_source_is_no_gap() -> None:
    pane = PaneStats()
    pane.add(sight(of=shot(seen_frame(500), source=1)), 1.0)
    pane.add(sight(of=shot(seen_frame(3), source=2)), 1.0)
    assert pane.summary()["dropped"] == 0


def test_medians_and_percentiles_are_of_the_frames_with_a_gaze() -> None:
    pane = PaneStats()
    for index, model_ms in enumerate((1.0, 2.0, 30.0)):
        pane.add(sight(of=shot(seen_frame(index)), model_ms=model_ms), 0.5)
    pane.add(sight(of=shot(seen_frame(3)), reason=Reason.NO_FACE, model_ms=900.0), 0.5)
    summary = pane.summary()
    assert summary["model"] == "tiny"
    assert summary["model_ms"] == {"median": 2.0, "p95": 27.2}
    assert summary["landmarks_ms"] == {"median": 1.0, "p95": 1.0}
    assert summary["capture_to_paint_ms"]["median"] >= 30.0


def test_counting_begins_with_the_first_vector(tmp_path: Path) -> None:
    stats = RunStats()
    stats.add(PaneId.A, sight(reason=Reason.NO_FACE), 1.0)
    assert stats.first_vector_s is None
    stats.add(PaneId.B, sight(), 1.0)
    stats.write(tmp_path / "stats.json", "virtual")
    written = json.loads((tmp_path / "stats.json").read_text())
    assert [pane["frames"] for pane in written["panes"]] == [0, 1]
    assert 0 < written["first_vector_s"] < 36000
    assert written["rss_mb"] > 20
    assert {"gui_block_max_ms", "source", "version"} <= set(written)


def test_statistics_that_cannot_be_written_are_an_error_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        RunStats().write(tmp_path / "no" / "stats.json", "virtual")


def test_hours_of_running_keep_no_more_than_minutes() -> None:
    pane, one = PaneStats(), sight()
    for index in range(2 * run_stats._KEPT):
        pane._index = -1 if index % 2 else index  # as if each were another frame
        pane.add(one, 1.0)
    assert pane.frames == 2 * run_stats._KEPT
    assert len(pane._draw_ms) == len(pane._model_ms) == run_stats._KEPT
    assert pane.summary()["draw_ms"] == {"median": 1.0, "p95": 1.0}


def test_blocks_of_the_start_are_told_apart_from_those_of_normal_use() -> None:
    stats = RunStats()
    stats.blocks.worst_ms, stats.blocks.over_16_ms = 120.0, 3
    stats.settle()
    stats.blocks.worst_ms = 9.0
    summary = stats.summary("virtual")
    assert (summary["gui_block_start_ms"], summary["gui_block_max_ms"], summary["gui_block_over_16_ms"]) == (120, 9, 0)
