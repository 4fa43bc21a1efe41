from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from app.calibration.fakes import SCREEN
from gaze_demo.areas.areas import Area, load_areas
from gaze_demo.areas.dwell import dwell, probability
from gaze_demo.areas.maps import fixations_on_screen, heat_map, png_bytes, scan_path_svg
from gaze_demo.errors import UserError
from gaze_demo.events.find import GazeEvent

LEFT = Area(name="left", rect=(0.0, 0.0, 960.0, 1080.0))
TRIANGLE = Area(name="triangle", polygon=((1000.0, 100.0), (1800.0, 100.0), (1400.0, 900.0)))


def look(start_s: float, end_s: float, x: float, y: float) -> GazeEvent:
    return GazeEvent("fixation", start_s, end_s, 10, x_px=x, y_px=y)


LOOKS = [
    look(10.0, 10.5, 500, 500),
    look(10.6, 11.6, 1400, 300),
    look(11.7, 12.0, 300, 900),
    look(12.1, 12.3, 400, 900),
]


def test_points_are_in_rectangles_and_polygons() -> None:
    points = np.array([(500.0, 500.0), (1400.0, 300.0), (1010.0, 800.0), (np.nan, 1.0)])
    assert LEFT.holds(points).tolist() == [True, False, False, False]
    assert TRIANGLE.holds(points).tolist() == [False, True, False, False]


def test_dwell_visits_and_first_fixation() -> None:
    left, triangle = dwell([LEFT, TRIANGLE], LOOKS, 9.0, 0.0)
    assert (left.dwell_s, left.fixations, left.visits) == (pytest.approx(1.0), 3, 2)
    assert left.first_s == pytest.approx(1.0)
    assert triangle.dwell_s == pytest.approx(1.0)
    assert triangle.first_s == pytest.approx(1.6)
    assert left.expected_s == left.dwell_s
    assert left.share + triangle.share == pytest.approx(1.0)
    (never,) = dwell([Area(name="never", rect=(0.0, 0.0, 5.0, 5.0))], LOOKS, 9.0, 0.0)
    assert (never.first_s, never.visits, never.expected_s) == (None, 0, 0.0)
    (none,) = dwell([LEFT], [], 0.0, 40.0)
    assert (none.dwell_s, none.share) == (0.0, 0.0)


def test_a_fixation_at_an_edge_counts_for_both_sides() -> None:
    edge = np.array([(960.0, 500.0), (960.0 - 60.0, 500.0), (960.0 + 60.0, 500.0), (500.0, 500.0)])
    likely = probability(LEFT, edge, 60.0)
    assert likely == pytest.approx([0.5, 0.84, 0.16, 1.0], abs=0.05)
    assert likely[1] + likely[2] == pytest.approx(1.0)


@pytest.mark.fault("a file of areas is wrong", "one sentence that names the field")
@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{}", "areas"),
        ('{"areas": [{"name": "a"}]}', "either 'rect' or 'polygon'"),
        ('{"areas": [{"name": "a", "rect": [0, 0, -1, 5]}]}', "rect"),
        ('{"areas": [{"name": "a", "polygon": [[0, 0], [1, 1]]}]}', "polygon"),
        ('{"areas": [{"name": "a", "rect": [0, 0, 1, 5]}, {"name": "a", "rect": [0, 0, 1, 5]}]}', "two areas"),
        ("not json", "areas.json"),
    ],
)
def test_a_file_that_is_wrong_is_told_so(tmp_path: Path, content: str, named: str) -> None:
    (tmp_path / "areas.json").write_text(content)
    with pytest.raises(UserError, match=named):
        load_areas(tmp_path / "areas.json")


def test_areas_are_read(tmp_path: Path) -> None:
    areas = {"areas": [LEFT.model_dump(exclude_none=True), TRIANGLE.model_dump(exclude_none=True)]}
    (tmp_path / "areas.json").write_text(json.dumps(areas))
    assert load_areas(tmp_path / "areas.json") == (LEFT, TRIANGLE)


def test_the_heat_is_where_the_fixations_were() -> None:
    plain, hot = heat_map(SCREEN, [], 60.0), heat_map(SCREEN, LOOKS, 60.0)
    changed = np.abs(hot.astype(int) - plain).sum(-1)
    y, x = np.unravel_index(changed.argmax(), changed.shape)
    assert (x * 2, y * 2) == pytest.approx((1400, 300), abs=80)  # the longest; the map is half the screen's size
    assert changed[400, 900] == 0
    assert png_bytes(hot)[:4] == b"\x89PNG"


def test_the_scan_path_has_a_circle_a_fixation_and_escapes_names() -> None:
    svg = scan_path_svg(SCREEN, [*LOOKS, GazeEvent("blink", 13.0, 13.2)], [Area(name="<b>", rect=(0.0, 0.0, 9.0, 9.0))])
    assert svg.count("<circle") == 4
    assert "&lt;b&gt;" in svg
    assert len(fixations_on_screen([*LOOKS, look(14, 15, float("nan"), 1)])) == 4


def test_numbers_of_the_scan_path_do_not_lie_over_each_other() -> None:
    close = [look(10.0 + i, 10.5 + i, 500 + 10 * i, 500) for i in range(9)]
    root = ElementTree.fromstring(scan_path_svg(SCREEN, close))
    numbers = [one for one in root.iter("{http://www.w3.org/2000/svg}text") if (one.text or "").isdigit()]
    places = [float(one.attrib["x"]) for one in numbers]
    assert [one.text for one in numbers] == ["1", "5", "9"]
    assert np.diff(places).min() > SCREEN.width_px / 50
