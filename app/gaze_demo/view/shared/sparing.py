"""Repaints a widget no more often than anybody can see."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gaze_demo.view.shared.timers import every


class SparingUpdate:
    """Updates `widget` at once if the last update was at least `interval_ms` ago, else as soon as it is.

    What was asked for last is always painted. A hidden widget needs no update: Qt paints it when it is shown.
    """

    def __init__(self, widget: QWidget, interval_ms: int) -> None:
        self._widget = widget
        self._pause = every(interval_ms, self._end_pause, widget, once=True)
        self._waiting = False

    def request(self) -> None:
        """Something has changed that the widget draws."""
        if self._pause.isActive():
            self._waiting = True
        elif self._widget.isVisible():
            self._widget.update()
            self._pause.start()

    def _end_pause(self) -> None:
        if self._waiting:
            self._waiting = False
            self.request()
