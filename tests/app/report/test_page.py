from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from app.session.samples import RUN, recorded, sample
from gaze_demo.errors import UserError
from gaze_demo.report.page import ReportOptions, write_report
from gaze_demo.report.plot import Line, plot_svg
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.sink import opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("report") / "s"
    with opened(SessionRecorder(Recording(place, live=False)), RUN) as recorder:
        for index in range(300):
            recorder.write(sample(index))
        recorder.marker("target 1000 500", 102.0)
        recorder.marker("target end", 104.0)
        recorder.note("Sat <still>.")
    return place


def test_the_report_needs_nothing_beside_it(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    write_report(ReportOptions(folder, out))
    page = out.read_text("utf8")
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page)
    assert "<script" not in page
    assert "Sat &lt;still&gt;." in page
    assert "no face" in page
    for words in ("Quality", "Events", "Heat map", "Scan path", "Blinks per minute", "Error at marked targets"):
        assert words in page
    assert "10.0 %" in page  # every tenth frame shows no face


def test_plots_are_files_of_their_own(folder: Path, tmp_path: Path) -> None:
    paths = write_report(ReportOptions(folder, tmp_path / "r.html", plots=tmp_path / "plots", model="b"))
    names = {path.name for path in paths[1:]}
    assert names == {"trace.svg", "head.svg", "blinks.svg", "drift.svg", "heat.png", "scan_path.svg"}
    for path in paths[1:]:
        if path.suffix == ".svg":
            ElementTree.fromstring(path.read_text("utf8"))
        else:
            assert cv2.imread(str(path)) is not None


def test_areas_that_were_drawn_in_the_session_are_used(folder: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(folder, tmp_path / "s"))
    (own / "areas.json").write_text(json.dumps({"areas": [{"name": "the logo", "rect": [0, 400, 1500, 200]}]}))
    write_report(ReportOptions(own, tmp_path / "r.html"))
    assert "the logo" in (tmp_path / "r.html").read_text("utf-8")


def test_areas_and_an_image_are_drawn(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "areas.json").write_text(json.dumps({"areas": [{"name": "logo", "rect": [0, 400, 1500, 200]}]}))
    cv2.imwrite(str(tmp_path / "screen.png"), np.full((540, 960, 3), 200, np.uint8))
    options = ReportOptions(folder, tmp_path / "r.html", areas=tmp_path / "areas.json", image=tmp_path / "screen.png")
    write_report(options)
    page = (tmp_path / "r.html").read_text("utf8")
    assert "Areas of interest" in page
    assert "expected dwell" in page
    assert page.count("data:image/png;base64,") >= 2


def test_a_session_without_points_has_no_maps(tmp_path: Path) -> None:
    recorder = recorded(tmp_path / "s", 0)
    assert recorder.frames == 0
    with pytest.raises(UserError, match="no gaze of any model"):
        write_report(ReportOptions(tmp_path / "s", tmp_path / "r.html"))


@pytest.mark.parametrize("y", [[], [1.0], [1.0, 1.0], [np.nan, np.nan, 2.0], list(range(100_000))])
def test_a_plot_of_anything_is_an_svg(y: list[float]) -> None:
    svg = plot_svg(
        [Line("a & b", np.arange(len(y), dtype=float), np.array(y, float))], "s", "°", [(0, 1)], [(0.5, "<")]
    )
    ElementTree.fromstring(svg)
    assert len(svg) < 200_000


def test_zero_on_an_axis_has_no_sign() -> None:
    svg = plot_svg([Line("a", np.arange(9.0), np.linspace(-4.1, 4.1, 9))], "s", "°")
    assert ">0</text>" in svg
    assert ">-0</text>" not in svg


def test_curves_stay_below_the_legend_and_above_the_labels() -> None:
    y = np.array([0.0] * 1000 + [1000.0, -1000.0])
    root = ElementTree.fromstring(plot_svg([Line("a", np.arange(1002.0), y)], "s", "°"))
    curves = root.iter("{http://www.w3.org/2000/svg}polyline")
    heights = [float(pair.split(",")[1]) for curve in curves for pair in curve.attrib["points"].split()]
    labels = [float(text.attrib["y"]) for text in root.iter("{http://www.w3.org/2000/svg}text") if "y" in text.attrib]
    assert min(heights) > min(labels)
    assert max(heights) < 200 - 34 + 1


def test_the_chart_shows_the_blinks_per_minute_of_the_table(folder: Path, tmp_path: Path) -> None:
    write_report(ReportOptions(folder, tmp_path / "r.html", plots=tmp_path / "plots"))
    assert "whole session" in (tmp_path / "plots" / "blinks.svg").read_text("utf8")


def test_sparse_values_are_points_with_no_line_between_them() -> None:
    line = Line("error", np.array([1.0, 20.0, 30.0]), np.array([2.0, np.nan, 1.0]), dots=True)
    svg = plot_svg([line], "s", "degrees")
    assert svg.count("<circle") == 2
    assert "<polyline" not in svg


def test_the_errors_at_targets_are_points(folder: Path, tmp_path: Path) -> None:
    write_report(ReportOptions(folder, tmp_path / "report.html", plots=tmp_path / "plots"))
    drift = (tmp_path / "plots" / "drift.svg").read_text("utf8")
    assert "<circle" in drift
    assert "<polyline" not in drift
