"""Shows the phases of a calibration on the full screen, and then its results.

Both windows are loaded when they are first opened: the main window should not wait for them when it starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox

from gaze_demo.desk.calibration_phases import Checking, Fitting, Looking, Phase
from gaze_demo.desk.desk import Desk
from gaze_demo.view.shared.monitor import screen_of
from gaze_demo.view.shared.timers import every
from gaze_demo.view.window.window import Window

if TYPE_CHECKING:
    from gaze_demo.calibration.profile import Profile
    from gaze_demo.desk.calibration_control import Made
    from gaze_demo.view.calibration.results import CalibrationResults
    from gaze_demo.view.calibration.screen import CalibrationScreen

_FRAME_MS = 16
_NOBODY = "Me"


class CalibrationView(QObject):
    """Attributes: `screen`, while there is one; `results`, the window of figures; `question`, whether a calibration
    that is less accurate is to be used."""

    def __init__(self, desk: Desk, window: Window) -> None:
        super().__init__(window)
        self.screen: CalibrationScreen | None = None
        self.results: CalibrationResults | None = None
        self.question: QMessageBox | None = None
        self._desk, self._window = desk, window
        self._clock = every(_FRAME_MS, desk.calibration.tick, self)
        desk.calibration.phase_changed.connect(self._show)
        desk.calibration.moved.connect(self._move)
        desk.calibration.results.connect(self._show_results)
        desk.calibration.worse.connect(self._ask)

    def close(self) -> None:
        """The window closes."""
        self._clock.stop()
        if self.results is not None:
            self.results.close()

    def _show(self, phase: Phase | None) -> None:
        if phase is None:
            self._leave()
        elif isinstance(phase, Checking):
            self._check(phase)
        elif isinstance(phase, Fitting) and self.screen is not None:
            self._clock.stop()
            self.screen.wait()
        elif isinstance(phase, Looking) and self.screen is not None:
            self.screen.look()

    def _check(self, phase: Checking) -> None:
        monitors = self._desk.state.monitors
        if self.screen is None:
            from gaze_demo.view.calibration.screen import CalibrationScreen

            screen = self.screen = CalibrationScreen(self._desk.profiles.name or _NOBODY, self._window)
            screen.started.connect(lambda points: self._desk.calibration.start(points, screen.name or _NOBODY))
            screen.cancelled.connect(self._desk.calibration.cancel)
            screen.monitor_chosen.connect(lambda i: self._desk.calibration.choose_monitor(monitors[i]))
            screen.measure_wanted.connect(lambda: self._desk.commands.run("measure"))
            names = [monitor.name for monitor in monitors]
            chosen = names.index(phase.monitor.name) if phase.monitor.name in names else 0
            screen.checks.offer_monitors([monitor.title for monitor in monitors], chosen)
            self._clock.start()
        if self.screen.monitor != phase.monitor.name:
            self.screen.fill(screen_of(phase.monitor))
        self.screen.checks.show_notes(phase.notes)
        self.screen.checks.show_checks(phase.checks)
        self.screen.checks.face.show_picture(phase.picture)

    def _move(self, phase: Looking) -> None:
        if self.screen is not None:
            self.screen.targets.show_dot(phase.dot, phase.paused)

    def _leave(self) -> None:
        self._clock.stop()
        screen, self.screen = self.screen, None
        if screen is not None:
            screen.close()
            screen.deleteLater()

    def _ask(self, asked: tuple[Made, str]) -> None:
        """Without an answer, the previous calibration stays."""
        made, question = asked
        box = QMessageBox(QMessageBox.Icon.Question, "Calibration", question, parent=self._window)
        keep = box.addButton("Keep the previous one", QMessageBox.ButtonRole.RejectRole)
        use = box.addButton("Use the new one", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        use.clicked.connect(lambda: self._desk.calibration.use(made))
        box.open()
        self.question = box

    def _show_results(self, profile: Profile) -> None:
        from gaze_demo.view.calibration.results import CalibrationResults

        if self.results is not None:
            self.results.close()
        self.results = CalibrationResults(profile.report, profile.name, self._window)
        self.results.show()
