"""The window's icon, and small line icons in the colours of the theme."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gaze_demo import paths
from gaze_demo.view.shared import theme

SIZE = 18
_PATHS: Final = {
    "eye": "<path d='M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12z'/><circle cx='12' cy='12' r='3'/>",
    "axes": (
        "<path d='M11 13V3M8.2 5.6 11 3l2.8 2.6M11 13l9 3.4M17.4 18 20 16.4l-1-3M11 13l-6.6 6M4.2 15.6l.2 3.4 3.4-.2'/>"
    ),
    "arrows": "<path d='M4 7h10M11 4l3 3-3 3M8 17h12M17 14l3 3-3 3'/>",
    "one": "<rect x='4' y='5' width='16' height='14' rx='2'/>",
    "two": "<rect x='3' y='5' width='8' height='14' rx='2'/><rect x='13' y='5' width='8' height='14' rx='2'/>",
    "full": "<path d='M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5'/>",
}


def app_icon() -> QIcon:
    """From the shipped drawing; PNGs beside it are used where SVG icons do not work."""
    icon = QIcon()
    for name in ("icon.svg", "icon-256.png", "icon-64.png"):
        path = paths.assets() / name
        if path.is_file():
            icon.addFile(str(path))
    return icon


def line_icon(name: str) -> QIcon:
    """One of the drawings above, in the text's colour."""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke-width='1.8' "
        f"stroke-linecap='round' stroke-linejoin='round' stroke='{theme.colours().text}'>{_PATHS[name]}</svg>"
    )
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    icon = QIcon()
    for ratio in (1, 2, 3):
        pixmap = QPixmap(SIZE * ratio, SIZE * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(pixmap.rect()))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        icon.addPixmap(pixmap)
    return icon


def red_dot() -> QPixmap:
    """The symbol of a recording."""
    ratio = 3
    pixmap = QPixmap(SIZE * ratio, SIZE * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#e5383b"))
    painter.drawEllipse(QPointF(pixmap.width() / 2, pixmap.height() / 2), pixmap.width() * 0.32, pixmap.height() * 0.32)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
