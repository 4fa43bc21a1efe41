from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from gaze_demo.view.shared.polyline import draw_pieces, pieces, polygon, runs

POINTS = np.array([[0.0, 5.0], [10.0, 6.0], [20.0, 7.0], [np.nan, np.nan], [30.0, 8.0], [39.0, 9.0]])


def test_a_missing_point_leaves_a_gap() -> None:
    assert pieces(POINTS).tolist() == [[0, 5, 10, 6], [10, 6, 20, 7], [30, 8, 39, 9]]


def test_pieces_that_follow_on_each_other_are_one_run() -> None:
    assert [run.tolist() for run in runs(pieces(POINTS))] == [[[0, 5], [10, 6], [20, 7]], [[30, 8], [39, 9]]]


@pytest.mark.parametrize("count", [0, 1])
def test_a_single_point_has_no_piece(count: int) -> None:
    of_curve = pieces(POINTS[:count])
    assert of_curve.shape == (0, 4)
    assert not list(runs(of_curve))
    draw_pieces(QPainter(), of_curve)


def test_a_polygon_has_the_points_of_the_array() -> None:
    made = polygon(POINTS[:3])
    assert [(made.at(i).x(), made.at(i).y()) for i in range(made.size())] == [(0, 5), (10, 6), (20, 7)]
    assert polygon(np.empty((0, 2))).isEmpty()


def test_all_pieces_are_drawn_where_they_are() -> None:
    image = QImage(40, 12, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    painter.setPen(QColor("white"))
    draw_pieces(painter, pieces(POINTS))
    painter.end()
    drawn = [[image.pixelColor(x, y).lightness() > 0 for x in range(40)] for y in range(12)]
    columns = np.array(drawn).any(0)
    assert columns[:20].all()
    assert not columns[22:29].any()
    assert columns[31:39].all()
    assert drawn[5][0]
    assert any(drawn[8][30:] + drawn[9][30:])
    assert not any(drawn[4] + drawn[10])
