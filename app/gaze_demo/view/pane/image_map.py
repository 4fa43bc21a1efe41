"""From pixels of the unmirrored image to places in the preview: the only place where a drawing is mirrored."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from gaze_demo.geometry import Array


@dataclass(frozen=True)
class ImageMap:
    """The preview's place in a widget: `scale` in widget px an image px, `left` and `top` in widget px.

    `mirrored`: the preview is.
    """

    width: int
    height: int
    scale: float
    left: float
    top: float
    mirrored: bool = True

    @classmethod
    def fitting(cls, width: int, height: int, into: QRectF, *, mirrored: bool = True) -> ImageMap:
        """An image of that size as large as fits, in the middle."""
        scale = min(into.width() / width, into.height() / height)
        left = into.left() + (into.width() - width * scale) / 2
        top = into.top() + (into.height() - height * scale) / 2
        return cls(width, height, scale, left, top, mirrored)

    @classmethod
    def pixel_exact(
        cls, width: int, height: int, into: QRectF, shown: tuple[int, int], ratio: float, *, mirrored: bool = True
    ) -> ImageMap:
        """An image already scaled to `shown` device px, in the middle, on whole device px; `ratio` of them a px."""
        left, top = (
            round((room - size / ratio) / 2 * ratio) / ratio
            for room, size in ((into.width(), shown[0]), (into.height(), shown[1]))
        )
        return cls(width, height, shown[0] / ratio / width, into.left() + left, into.top() + top, mirrored)

    @property
    def rect(self) -> QRectF:
        return QRectF(self.left, self.top, self.width * self.scale, self.height * self.scale)

    def image_px(self, place: QPointF) -> tuple[float, float]:
        """Which point, in px of the unmirrored image, is drawn there."""
        x, y = (place.x() - self.left) / self.scale, (place.y() - self.top) / self.scale
        return self.width - x if self.mirrored else x, y

    def point(self, image_px: Array) -> QPointF:
        """Where a point (2,) in px of the unmirrored image is drawn."""
        x, y = float(image_px[0]), float(image_px[1])
        return QPointF(self.left + (self.width - x if self.mirrored else x) * self.scale, self.top + y * self.scale)
