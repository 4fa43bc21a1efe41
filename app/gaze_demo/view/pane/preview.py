"""The preview of one pane with its model's gaze."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gaze_demo import clock
from gaze_demo.desk import words
from gaze_demo.desk.messages import Message
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Shot, Sight
from gaze_demo.view.pane.eye_crops import draw_eye_crops, qimage
from gaze_demo.view.pane.gaze_arrow import draw_gaze_arrow
from gaze_demo.view.pane.head_axes import draw_head_axes
from gaze_demo.view.pane.image_map import ImageMap
from gaze_demo.view.pane.message_card import MessageCard
from gaze_demo.view.pane.pill import Pill
from gaze_demo.view.shared import theme

_HINT_AFTER_S = 0.6  # a reason is shown only if it lasts, so that not every blink is reported


class Preview(QWidget):
    """Draws the newest sight, and a card over it if something is wrong; `run` gets the id of the card's command.

    Signals: `painted`, with the sight and the time in ms that drawing took; `resized`, when another size is wanted;
    `clicked`, with a point in px of the unmirrored image.
    """

    painted = Signal(object, float)
    resized = Signal()
    clicked = Signal(float, float)

    def __init__(self, pane: PaneId, run: Callable[[str], None]) -> None:
        super().__init__()
        self.pane = pane
        self.show_axes = False
        self.show_crops = False
        self.show_each_eye = True
        self._pills = Pill(theme.figure_font(1.0)), Pill(theme.figure_font(1.0))
        self._sight: Sight | None = None
        self._image: QImage | None = None
        self._image_map: ImageMap | None = None
        self._is_new = False
        self._several = False  # people in the picture
        self._described = ""
        self._corners, self._corners_of = QPainterPath(), QRectF()
        self._thin = QColor(theme.video_colour(pane))  # of the arrow of one eye
        self._thin.setAlpha(200)
        self._without_gaze_since: float | None = None
        self._card = MessageCard(self, run)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)

    @property
    def message(self) -> Message | None:
        return self._card.message

    @property
    def captions(self) -> tuple[str, str]:
        return self._pills[0].text, self._pills[1].text

    @property
    def hint(self) -> str:
        """Why there is no gaze and what to do, once that has lasted a moment; shown at the bottom of the picture."""
        since, sight = self._without_gaze_since, self._sight
        if since is None or sight is None or sight.estimate is None or self._card.message is not None:
            return ""
        return words.hint(str(sight.estimate.reason)) if clock.now_s() - since > _HINT_AFTER_S else ""

    @property
    def wanted_size(self) -> tuple[int, int]:
        """Width and height in device px."""
        ratio = self.devicePixelRatioF()
        return round(self.width() * ratio), round(self.height() * ratio)

    def show_sight(self, sight: Sight) -> None:
        self._sight = sight
        self._image = qimage(sight.shot.preview)
        self._is_new = True
        several = sight.shot.observation.people > 1  # then a click chooses one
        if several != self._several:
            self._several = several
            self.setCursor(Qt.CursorShape.PointingHandCursor if several else Qt.CursorShape.ArrowCursor)
        reason = str(sight.estimate.reason) if sight.estimate else ""
        if not reason:
            self._without_gaze_since = None
        elif self._without_gaze_since is None:
            self._without_gaze_since = clock.now_s()
            QTimer.singleShot(round(_HINT_AFTER_S * 1100), self, self.update)  # for a still image no other sight comes
        self.update()

    def show_message(self, message: Message | None) -> None:
        """A card over the picture, which is dimmed; None removes it."""
        if message != self._card.message:
            self._card.show_message(message)
            self.update()

    def show_captions(self, left: str, right: str) -> None:
        """Short texts in the upper corners; an empty one takes no space."""
        if (left, right) != self.captions:
            for pill, text in zip(self._pills, (left, right), strict=True):
                pill.show_text(text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._card.message is not None:
            self._card.place()
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        image_map, place = self._image_map, event.position()
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._card.message is None and image_map is not None and image_map.rect.contains(place):
            self.clicked.emit(*image_map.image_px(place))
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        started = time.perf_counter()
        painter = QPainter(self)
        used = theme.colours()
        if self._sight is None or self._image is None:
            painter.fillRect(self.rect(), QColor(used.stage))
            self._round_corners(painter, QRectF(self.rect()), QColor(used.surface))
        else:
            self._draw_sight(painter, self._sight, self._image, used)
        painter.end()
        if self._is_new and self._sight is not None:
            self._is_new = False
            self.painted.emit(self._sight, (time.perf_counter() - started) * 1000)

    def _draw_sight(self, painter: QPainter, sight: Sight, image: QImage, used: theme.Colours) -> None:
        surface = QColor(used.surface)
        self._image_map = image_map = self._place(painter, image, sight.shot, surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._card.message is not None:
            stage = QColor(used.stage)
            painter.fillRect(image_map.rect, QColor(stage.red(), stage.green(), stage.blue(), 170))
            self._round_corners(painter, image_map.rect, surface)
            return
        painter.save()
        painter.setClipRect(image_map.rect)
        self._draw_findings(painter, image_map, sight)
        self._draw_captions(painter, image_map.rect)
        painter.restore()
        self._round_corners(painter, image_map.rect, surface)
        hint = self.hint
        if hint:
            self._draw_hint(painter, hint)
        described = " ".join(filter(None, (*self.captions, hint)))
        if described != self._described:
            self._described = described
            self.setAccessibleDescription(described)

    def _place(self, painter: QPainter, image: QImage, shot: Shot, around: QColor) -> ImageMap:
        """Draw the picture in the middle, and say where it lies."""
        ratio, frame, mirrored = self.devicePixelRatioF(), shot.observation.frame, shot.mirrored
        width, height, into = frame.width, frame.height, QRectF(self.rect())
        image_map = ImageMap.fitting(width, height, into, mirrored=mirrored)
        exact = abs(image.width() - image_map.rect.width() * ratio) <= 1
        if exact:  # pixel for pixel: a copy, no scaling
            shown = image.width(), image.height()
            image_map = ImageMap.pixel_exact(width, height, into, shown, ratio, mirrored=mirrored)
            image.setDevicePixelRatio(ratio)
        if not image_map.rect.contains(into):
            for strip in _beside(image_map.rect, into):
                painter.fillRect(strip, around)
        if exact:
            painter.drawImage(image_map.rect.topLeft(), image)
        else:
            image.setDevicePixelRatio(1.0)
            painter.drawImage(image_map.rect, image)
        return image_map

    def _draw_findings(self, painter: QPainter, image_map: ImageMap, sight: Sight) -> None:
        seen = sight.shot.observation
        colour = theme.video_colour(self.pane)
        if seen.pose is not None and self.show_axes:
            draw_head_axes(painter, image_map, seen.camera, seen.pose.rotation, seen.pose.translation_mm)
        estimate, gazes = sight.estimate, sight.filtered
        if self.show_crops and sight.shot.crops is not None:
            draw_eye_crops(painter, image_map.rect, sight.shot.crops, colour, mirrored=sight.shot.mirrored)
        if estimate is not None and estimate.origin_mm is not None:
            if self.show_each_eye:
                for eye, gaze in ((seen.left, gazes.left), (seen.right, gazes.right)):
                    if eye is not None and gaze is not None:
                        draw_gaze_arrow(painter, image_map, seen.camera, eye.centre_mm, gaze, self._thin, 2.0)
            if gazes.mean is not None:
                draw_gaze_arrow(painter, image_map, seen.camera, estimate.origin_mm, gazes.mean, colour, 4.5)
        truth = seen.frame.truth
        if truth is not None:
            middle = (truth.left_eye_mm + truth.right_eye_mm) / 2
            draw_gaze_arrow(painter, image_map, seen.camera, middle, truth.gaze, theme.VIDEO_TRUTH, 2.0)

    def _draw_captions(self, painter: QPainter, area: QRectF) -> None:
        left, right = self._pills
        box = QRectF()
        if left.text:
            box = left.draw(painter, theme.video_colour(self.pane), area.topLeft() + QPointF(10, 10))
        if right.text:
            x, y = area.right() - 10 - right.size.width(), area.top() + 10
            if x <= box.right() + 8:  # no room beside the other
                x, y = area.left() + 10, y + box.height() + 6
            right.draw(painter, theme.VIDEO_TRUTH, QPointF(x, y))

    def _draw_hint(self, painter: QPainter, text: str) -> None:
        painter.setFont(theme.figure_font(1.0))
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        most = QRectF(self.rect()).adjusted(28, 24, -28, -24)
        box = painter.boundingRect(most, flags, text)
        box.moveBottom(most.bottom())
        box.moveLeft((self.width() - box.width()) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(14, 16, 20, 205))
        painter.drawRoundedRect(box.adjusted(-14, -8, 14, 8), 9, 9)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(box, flags, text)

    def _round_corners(self, painter: QPainter, area: QRectF, around: QColor) -> None:
        """Paint the card's colour over the corners: cheaper than clipping the picture."""
        if area != self._corners_of:
            whole, inside = QPainterPath(), QPainterPath()
            touched = QRectF(area.toAlignedRect())  # a row that is drawn in part would keep a grey line outside
            whole.addRect(touched)
            inside.addRoundedRect(touched, theme.RADIUS - 3, theme.RADIUS - 3)
            self._corners, self._corners_of = whole.subtracted(inside), area
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(self._corners, around)


def _beside(picture: QRectF, whole: QRectF) -> list[QRectF]:
    """What a picture leaves free of a rectangle, at the left, the right, above and below; one px of the picture is part
    of it, because its edge may cover only half a px."""
    inner = picture.adjusted(1, 1, -1, -1)
    sides = [
        QRectF(whole.topLeft(), QPointF(inner.left(), whole.bottom())),
        QRectF(QPointF(inner.right(), whole.top()), whole.bottomRight()),
        QRectF(whole.topLeft(), QPointF(whole.right(), inner.top())),
        QRectF(QPointF(whole.left(), inner.bottom()), whole.bottomRight()),
    ]
    return [side for side in sides if side.isValid()]
