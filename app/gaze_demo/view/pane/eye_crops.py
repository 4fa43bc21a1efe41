"""The two normalised eye crops in a corner of the preview, on the side where the mirrored person has them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from gaze_demo.live.shot import Image

_MARGIN, _GAP = 12.0, 6.0


def qimage(pixels: Image) -> QImage:
    """A BGRA array (h, w, 4) as a QImage without a copy; it must be kept alive as long as the image is drawn."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)


def draw_eye_crops(
    painter: QPainter, area: QRectF, crops: tuple[Image, Image], colour: QColor, *, mirrored: bool = True
) -> None:
    """Draw the person's left and right eye, `mirrored` like the preview, at the bottom left of `area`."""
    height, width = crops[0].shape[:2]
    shown_width = min(150.0, 0.26 * area.width())
    shown_height = shown_width * height / width
    corner = QPointF(area.left() + _MARGIN, area.bottom() - _MARGIN - shown_height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for i, pixels in enumerate(crops if mirrored else crops[::-1]):  # a mirror shows the left eye on the left
        frame = QRectF(corner.x() + i * (shown_width + _GAP), corner.y(), shown_width, shown_height)
        path = QPainterPath()
        path.addRoundedRect(frame, 5, 5)
        painter.save()
        painter.setClipPath(path)
        painter.translate(frame.center())
        painter.scale(-1 if mirrored else 1, 1)
        painter.drawImage(QRectF(-shown_width / 2, -shown_height / 2, shown_width, shown_height), qimage(pixels))
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.5))
        painter.drawPath(path)
    painter.restore()
