from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from gaze_demo.view.pane.pill import Pill
from gaze_demo.view.shared import theme


def drawn(pill: Pill, colour: str = "#ffb238", ratio: float = 1.0) -> QImage:
    image = QImage(round(200 * ratio), round(60 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    painter = QPainter(image)
    pill.draw(painter, QColor(colour), QPointF(10, 10))
    painter.end()
    return image


def test_the_text_is_drawn_again_only_when_it_changes(dark: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    draw = Pill._draw_picture
    monkeypatch.setattr(Pill, "_draw_picture", lambda self, *given: (texts.append(self.text), draw(self, *given)))
    pill = Pill(theme.figure_font(1.0))
    for text in ("yaw 1.0", "yaw 1.0", "yaw 22.0"):
        pill.show_text(text)
        drawn(pill)
        drawn(pill)
    assert texts == ["yaw 1.0", "yaw 22.0"]


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_colour_and_sharpness_are_those_of_the_moment(dark: QApplication, ratio: float) -> None:
    pill = Pill(theme.figure_font(1.0))
    pill.show_text("yaw")
    drawn(pill, "#00ff00")
    image = drawn(pill, "#ff0000", ratio)
    assert pill._picture.devicePixelRatio() == ratio
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    assert any(one.red() > 200 and one.green() < 80 for one in pixels)
    assert not any(one.green() > 200 and one.red() < 80 for one in pixels)
