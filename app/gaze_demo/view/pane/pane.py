"""One pane: a model, its picture with the gaze, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from gaze_demo import clock
from gaze_demo.desk import words
from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.messages import message_for
from gaze_demo.desk.recent import Recent
from gaze_demo.desk.state import SourceState, WindowState
from gaze_demo.geometry import Array, angle_between, vector_to_pitch_yaw
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.view.pane.model_chooser import ModelChooser
from gaze_demo.view.pane.preview import Preview
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.figure import Figure

if TYPE_CHECKING:
    from gaze_demo.calibration.report import ModelReport
    from gaze_demo.model.registry import ModelEntry

_RATE_SPAN_S, _LATENCY_SPAN_S, ERROR_SPAN_S = 2.0, 10.0, 5.0
_LEAST_WIDTH = 240
_LATENCY = "00.0 ms · p95 00.0"


class Pane(QFrame):
    """Shows the sights of one model.

    Figures are computed for every sight and written by `refresh` a few times per second, because nobody reads faster.
    """

    def __init__(self, pane: PaneId, state: WindowState, commands: CommandBook) -> None:
        super().__init__()
        self.setObjectName("card")
        self.pane = pane
        self._state = state
        self._entry: ModelEntry | None = None
        self.chooser = ModelChooser(pane)
        self.chooser.chosen.connect(lambda name: commands.run("choose-model", pane, name))
        self.preview = Preview(pane, commands.run)
        self.preview.painted.connect(self._count_paint)
        self.preview.clicked.connect(lambda x_px, y_px: commands.run("choose-face", x_px, y_px))
        self._rate = Recent(_RATE_SPAN_S)
        self._latency_ms = Recent(_LATENCY_SPAN_S)
        self._error_deg = Recent(ERROR_SPAN_S)
        self._gaze: Array | None = None

        self._fps = Figure("Delivered", "Frames per second that this pane has shown over the last 2 s", "30.0 fps")
        self._latency = Figure(
            "Model latency", f"Median and 95th percentile over the last {_LATENCY_SPAN_S:g} s", _LATENCY
        )
        self._parameters = Figure("Parameters", "Weights of the model", "0.00 M")
        self._macs = Figure("MACs", "Multiply-accumulates for one frame, both eyes", "000 M")
        figures = QHBoxLayout()
        figures.setSpacing(theme.GAP)
        figures.setContentsMargins(4, 0, 4, 0)
        for figure, stretch in ((self._fps, 4), (self._latency, 6), (self._parameters, 4), (self._macs, 3)):
            figures.addWidget(figure, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP - 2, theme.GAP - 2, theme.GAP - 2, theme.GAP - 2)
        column.setSpacing(theme.GAP - 4)
        column.addWidget(self.chooser)
        column.addWidget(self.preview, 1)
        column.addLayout(figures)
        state.on_any(("entries", "models"), self._show_model, now=True)
        state.on("raw", lambda _: self.refresh())
        state.on("source", self._watch_source)
        state.on_any(("each_eye", "axes", "crops"), self._show_findings, now=True)
        message_fields = ("source", "source_live", "source_kind", "models_known", "entries", "model_errors", "seen")
        state.on_any(message_fields, self._show_message, now=True)

    def minimumSizeHint(self) -> QSize:
        """Narrower than its figures need: they are cut with an ellipsis before the window has to grow."""
        return QSize(_LEAST_WIDTH, super().minimumSizeHint().height())

    def show_sight(self, sight: Sight) -> None:
        self.preview.show_sight(sight)
        now = clock.now_s()
        estimate = sight.estimate
        self._gaze = sight.filtered.mean
        if estimate is None or estimate.gaze is None:
            return
        self._latency_ms.add(now, estimate.model_ms)
        truth = sight.shot.observation.frame.truth
        if truth is not None:
            self._error_deg.add(now, float(np.degrees(angle_between(estimate.gaze, truth.gaze))))

    def refresh(self) -> None:
        now = clock.now_s()
        for recent in (self._rate, self._latency_ms, self._error_deg):
            recent.forget(now)
        self._fps.show_value(words.number(self._rate.per_second()), "fps")
        median, p95 = self._latency_ms.median(), self._latency_ms.percentile(95)
        self._latency.show_value(words.milliseconds(median), f"ms · p95 {words.milliseconds(p95)}")
        self.preview.show_captions(self._gaze_caption(), self._error_caption())

    def clear(self) -> None:
        """Reset the figures, for example for another source."""
        for recent in (self._rate, self._latency_ms, self._error_deg):
            recent.clear()
        self._gaze = None
        self.refresh()

    def _watch_source(self, source: SourceState) -> None:
        """What stood there no longer holds."""
        if source.gone:
            self.clear()

    def _gaze_caption(self) -> str:
        """The point on the screen once that is calibrated, else the angles."""
        if self._gaze is None:
            return ""
        point = self._state.points.get(self.pane)
        if self._calibrated is not None and point is not None and not self._state.raw:
            return f"x {point.x_px:.0f}  y {point.y_px:.0f} px"
        pitch, yaw = np.degrees(vector_to_pitch_yaw(self._gaze))
        return f"yaw {words.signed_degrees(yaw)}  pitch {words.signed_degrees(pitch)}"

    def _error_caption(self) -> str:
        """What the calibration has measured for this person, or the angle to the known gaze if there is one.

        Points on the screen are corrected by a calibration; the vector of this pane and its true error never are.
        """
        report = self._calibrated
        if report is not None and not self._state.raw:
            return (
                "" if report.accuracy_deg is None else f"{report.accuracy_deg:.1f}° off  {report.grade or ''}".rstrip()
            )
        now, median = self._error_deg.last, self._error_deg.median()
        title = "true error" if self._state.profile is None else "uncalibrated error"
        return "" if now is None or median is None else f"{title} {now:.1f}°  median {median:.1f}°"

    @property
    def _calibrated(self) -> ModelReport | None:
        """The accuracy of this pane's model with the profile in use."""
        profile = self._state.profile
        return profile.report.models.get(self._entry.name) if profile is not None and self._entry is not None else None

    def _count_paint(self) -> None:
        now = clock.now_s()
        self._rate.add(now, 1.0)

    def _show_model(self) -> None:
        """Another model: show its fixed figures, and none of the previous model."""
        entry = self._state.models[self.pane]
        self.chooser.show_models(self._state.entries, entry.name if entry else None)
        contract = entry.contract if entry else None
        self._parameters.show_value(*words.count(contract.parameters if contract else None))
        self._macs.show_value(*words.count(contract.macs if contract else None))
        if entry is not self._entry:
            self._entry = entry
            self.clear()

    def _show_findings(self) -> None:
        preview, state = self.preview, self._state
        preview.show_each_eye, preview.show_axes, preview.show_crops = state.each_eye, state.axes, state.crops
        preview.update()

    def _show_message(self) -> None:
        self.preview.show_message(message_for(self._state, self.pane))
