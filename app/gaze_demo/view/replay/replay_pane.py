"""One model's recorded gaze at one moment: the film's picture, or a drawn head where the person was, and the arrow."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gaze_demo.desk import words
from gaze_demo.desk.replay_control import Track
from gaze_demo.geometry import Intrinsics
from gaze_demo.session.trace import GazeTrace
from gaze_demo.view.pane.gaze_arrow import draw_gaze_arrow
from gaze_demo.view.pane.image_map import ImageMap
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.gaze_point import draw_point

# Of a usual head: half the distance of the eyes, its half axes, half an eye's width.
_HALF_EYES_MM, _HEAD_MM, _EYE_MM = 32.0, (75.0, 105.0), 14.0
_WIDTH = 3.0
_SCREEN_SHARE = 0.34  # of the pane's sides


class ReplayPane(QWidget):
    """Shows a row of a track. Without a picture, a head is drawn where the person was. `mirrored`: as a person sees
    themselves.

    Where there is a point of gaze, a small screen in the corner shows it, and the target that was marked.

    Attributes: `text`, shown over it.
    """

    def __init__(self, camera: Intrinsics, colour: QColor, *, mirrored: bool) -> None:
        super().__init__()
        self._camera, self._colour, self._mirrored = camera, colour, mirrored
        self._track: Track | None = None
        self._row: int | None = None
        self._version = 0
        self._target_px: tuple[float, float] | None = None
        self._picture: QImage | None = None
        self.text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 130)

    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    def show_row(
        self, track: Track | None, row: int | None, target_px: tuple[float, float] | None = None, notice: str = ""
    ) -> None:
        """A frame of a track; None if there is none. `target_px`: where the person was asked to look. `notice`: a
        sentence about the track."""
        version = 0 if track is None else track.version
        if (track, row, version, target_px) == (self._track, self._row, self._version, self._target_px):
            return
        self._track, self._row, self._version, self._target_px = track, row, version, target_px
        if track is not None and track.problem:
            self.text = track.problem
        elif track is None or row is None:
            self.text = "Nothing was recorded here"
        elif not track.trace.valid[row]:
            self.text = words.hint(str(track.trace.reason[row]))
        else:
            yaw, pitch = track.yaw_deg[row], track.pitch_deg[row]
            self.text = f"yaw {words.signed_degrees(yaw)}  pitch {words.signed_degrees(pitch)}"
            if np.isfinite(track.point_px[row]).all():
                x, y = track.point_px[row]
                self.text += f"   point {words.whole(x)}, {words.whole(y)} px"
            elif notice:
                self.text += f"\n{notice}"
        self.update()

    def show_picture(self, picture: QImage) -> None:
        """A frame of the film, already mirrored if this pane is."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, used = QPainter(self), theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(used.stage))
        painter.drawRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        image = ImageMap.fitting(self._camera.width, self._camera.height, QRectF(self.rect()), mirrored=self._mirrored)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(used.line), 1))
        painter.drawRect(image.rect)
        if self._picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(image.rect, self._picture)
        painter.setClipRect(self.rect())
        if self._track is not None and self._row is not None:
            self._draw_person(painter, image, self._track, self._row)
        painter.setPen(QColor(used.text))
        painter.setFont(theme.figure_font(1.0))
        box = QRectF(self.rect()).adjusted(theme.GAP, 8, -theme.GAP, -8)
        how = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        if self._picture is not None and self.text:
            behind = QColor(used.stage)
            behind.setAlpha(190)
            painter.fillRect(painter.boundingRect(box, how, self.text).adjusted(-4, -3, 4, 3), behind)
        painter.drawText(box, how, self.text)
        if self._track is not None and self._track.has_points and not self._track.problem:
            self._draw_screen(painter, self._track)

    def _draw_screen(self, painter: QPainter, track: Track) -> None:
        """A small screen in the lower right corner with the point of gaze and the target."""
        assert track.screen is not None
        used, size = theme.colours(), (track.screen.width_px, track.screen.height_px)
        scale = min(_SCREEN_SHARE * self.width() / size[0], _SCREEN_SHARE * self.height() / size[1])
        box = QRectF(0, 0, size[0] * scale, size[1] * scale)
        box.moveBottomRight(QPointF(self.width() - theme.GAP, self.height() - theme.GAP))
        painter.setPen(QPen(QColor(used.muted), 1))
        painter.setBrush(QColor(used.surface))
        painter.drawRoundedRect(box, 3, 3)
        painter.setClipRect(box.adjusted(1, 1, -1, -1))
        if self._target_px is not None:
            x, y = box.x() + self._target_px[0] * scale, box.y() + self._target_px[1] * scale
            painter.setPen(QPen(QColor(used.text), 1.4))
            painter.drawLine(QPointF(x - 5, y), QPointF(x + 5, y))
            painter.drawLine(QPointF(x, y - 5), QPointF(x, y + 5))
        if self._row is not None and np.isfinite(track.point_px[self._row]).all():
            x, y = (track.point_px[self._row] * scale + [box.x(), box.y()]).tolist()
            draw_point(painter, QPointF(x, y), self._colour, 1.0, 8)

    def _draw_person(self, painter: QPainter, image: ImageMap, track: Track, row: int) -> None:
        trace = track.trace
        middle, rotation = trace.eye_mm[row], trace.head_rotation[row]
        if not np.isfinite(middle).all() or not np.isfinite(rotation).all() or middle[2] < 1:
            return
        if self._picture is None:
            self._draw_head(painter, image, trace, row)
        if trace.valid[row]:
            gaze = track.gaze[row] if np.isfinite(track.gaze[row]).all() else trace.gaze[row]
            draw_gaze_arrow(painter, image, self._camera, middle, gaze, self._colour, _WIDTH)

    def _draw_head(self, painter: QPainter, image: ImageMap, trace: GazeTrace, row: int) -> None:
        used, middle, rotation = theme.colours(), trace.eye_mm[row], trace.head_rotation[row]
        px_per_mm = self._camera.fx / middle[2] * image.scale
        painter.setPen(QPen(QColor(used.muted), 1.6))
        painter.setBrush(QColor(used.raised))
        centre = image.point(self._camera.project(middle + rotation @ np.array([0.0, 25.0, 40.0])))
        painter.save()
        painter.translate(centre)
        roll = float(np.degrees(np.arctan2(rotation[1, 0], rotation[0, 0])))
        painter.rotate(-roll if self._mirrored else roll)
        painter.drawEllipse(QPointF(0, 0), _HEAD_MM[0] * px_per_mm, _HEAD_MM[1] * px_per_mm)
        painter.restore()
        for side, openness in ((1.0, trace.openness[row, 0]), (-1.0, trace.openness[row, 1])):
            eye = image.point(self._camera.project(middle + rotation @ np.array([side * _HALF_EYES_MM, 0.0, 0.0])))
            half = _EYE_MM * px_per_mm
            painter.setBrush(QColor(used.surface))
            painter.drawEllipse(eye, half, half * (float(openness) if np.isfinite(openness) else 0.3))
