"""The running app: window, workers and controls put together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from gaze_demo import paths
from gaze_demo.view import theme
from gaze_demo.view.about import About
from gaze_demo.view.calibration_control import CalibrationControl
from gaze_demo.view.heartbeat import Heartbeat
from gaze_demo.view.live import Live
from gaze_demo.view.messages import Circumstances, Remedies, message_for
from gaze_demo.view.model_control import ModelControl
from gaze_demo.view.notice_bar import Level
from gaze_demo.view.run_stats import RunStats
from gaze_demo.view.screen_gaze import ScreenGaze
from gaze_demo.view.settings import Settings
from gaze_demo.view.source_control import SourceControl
from gaze_demo.view.trouble import TroubleRelay
from gaze_demo.view.window import Window
from gaze_demo.view.workers.background import Background
from gaze_demo.view.workers.engine import SIDES, Engine

if TYPE_CHECKING:
    from gaze_demo.options import WindowOptions

_FLAGS = {"two_panes": True, "each_eye": True, "axes": False, "crops": False, "plot": True, "stages": True}
"""Menu entries that are remembered, with what they are at first."""
_FILTER_STRENGTH = 0.5
_HELD = "Held: the pictures stand still. They go on with H."
_LONGEST_START_MS, _SETTLING_MS = 3000, 300


class App(QObject):
    """Owns the window and all that works for it."""

    def __init__(self, app: QApplication, options: WindowOptions, settings: Settings, trouble: TroubleRelay) -> None:
        super().__init__()
        self._app, self._options, self.settings = app, options, settings
        theme.apply(app, settings.mode)
        self.window = Window()
        self.engine = Engine(self)
        self.background = Background(self)
        self.heartbeat = Heartbeat(self)
        self.stats = RunStats(self.heartbeat, SIDES)
        self.live = Live(self.window, self.engine, self.stats)
        self.source = SourceControl(self.window, self.engine, settings, self.background, options)
        self.models = ModelControl(self.window, self.engine, settings, self.background, options.models)
        self.gaze = ScreenGaze(self.window, self.engine, self.live, self.source, settings)
        self.calibration = CalibrationControl(
            self.window, self.engine, self.source, self.models, self.gaze, settings, self.background
        )
        trouble.raised.connect(lambda text: self.window.notice.show_notice(text, Level.TROUBLE))
        self._calibration_wanted = False
        self._settling = QTimer(self, singleShot=True, interval=_LONGEST_START_MS)
        self._connect()
        self._restore()

    def start(self) -> None:
        """Show the window at once; everything slow comes after it, elsewhere."""
        self.window.menus.check("full_screen", self._options.fullscreen)
        self.window.show()
        self.heartbeat.start()
        self.models.look()
        if self._options.calibrate:
            self._calibration_wanted = True
        self.source.start(self._options.source)
        self.calibration.profiles.start()
        self._settling.start()

    def close(self) -> None:
        """Remember the window, and stop the workers."""
        self.settings.keep("geometry", self.window.saveGeometry())
        self.settings.keep("division", self.window.division())
        self.live.stop()
        self.calibration.close()
        self.gaze.close()
        self.source.virtual.use(None)
        self.engine.close()

    def _connect(self) -> None:
        window, menus = self.window, self.window.menus
        window.closing.connect(self.close)
        self.source.changed.connect(self._show_messages)
        self.source.opening.connect(self.live.forget)
        self.models.changed.connect(self._show_messages)
        self.live.first_seen.connect(self._show_messages)
        self.live.first_seen.connect(lambda: self._settling.isActive() and self._settling.start(_SETTLING_MS))
        for ready in (self.live.first_seen, self.models.changed):
            ready.connect(self._begin_calibrating)
        self.gaze.profile_changed.connect(self._show_calibrated)
        self._settling.timeout.connect(self.stats.settle)
        for name, call in {
            "open_file": self.source.ask_for_file,
            "open_folder": self.source.ask_for_folder,
            "add_model": self.models.add,
            "models_folder": self.models.open_folder,
            "quit": window.close,
            "virtual": self.source.try_virtual,
            "refresh": self.source.look_for_cameras,
            "restart": self.source.restart,
            "swap": self.models.swap,
            "log": lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.log_file()))),
            "about": lambda: About(self.models.entries, window).open(),
        }.items():
            menus.on_trigger(name, call)
        menus.theme_chosen.connect(self._choose_theme)
        self._app.styleHints().colorSchemeChanged.connect(self._follow_system)
        menus.on_toggle("full_screen", lambda on: window.showFullScreen() if on else window.showNormal())
        menus.on_toggle("hold", self._hold)
        menus.on_toggle("filter", self._toggle_filter)
        window.header.filter.chosen.connect(self._choose_filter)

    def _restore(self) -> None:
        window, menus = self.window, self.window.menus
        for name, default in _FLAGS.items():
            menus.on_toggle(name, partial(self._apply_flag, name))
            menus.check(name, self.settings.flag(name, default))
            self._apply_flag(name, menus.is_checked(name))
        menus.show_theme(self.settings.mode)
        self._filter_strength = self.settings.number("filter", _FILTER_STRENGTH, 0, 1)
        window.header.filter.show_strength(self._filter_strength)
        self._choose_filter(self._filter_strength)
        window.restoreGeometry(self.settings.data("geometry"))
        window.restore_division(self.settings.data("division"))

    def _apply_flag(self, name: str, on: bool) -> None:
        self.settings.keep(name, on)
        window = self.window
        if name == "two_panes":
            window.show_panes(on)
            self.engine.use_panes(window.sides)
            if not on:
                self.gaze.map.show_point("right", None)
        elif name in ("plot", "stages"):
            window.show_panels()
        elif name == "crops":
            self.engine.wishes.crops = on
            self.engine.refresh()
        for pane in window.panes.values():
            preview = pane.preview
            preview.show_each_eye = window.menus.is_checked("each_eye")
            preview.show_axes = window.menus.is_checked("axes")
            preview.show_crops = window.menus.is_checked("crops")
            preview.update()

    def _begin_calibrating(self) -> None:
        """As the command line wanted it, once there are pictures and models."""
        if self._calibration_wanted and self.live.seen and self.models.known:
            self._calibration_wanted = False
            self.calibration.calibrate()

    def _show_calibrated(self, profile: object) -> None:
        for pane in self.window.panes.values():
            pane.show_calibrated(profile is not None)

    def _hold(self, on: bool) -> None:
        self.engine.wishes.paused = on
        notice = self.window.notice
        if on:
            notice.show_notice(_HELD, Level.WARNING)  # which stays
        elif notice.text == _HELD:
            notice.hide()

    def _choose_filter(self, strength: float) -> None:
        self.engine.set_filter(strength)
        self.settings.keep("filter", strength)
        if strength > 0:
            self._filter_strength = strength
        self.window.menus.check("filter", strength > 0)

    def _toggle_filter(self, on: bool) -> None:
        control = self.window.header.filter
        if on != (control.strength > 0):
            control.slider.setValue(round(100 * (self._filter_strength or _FILTER_STRENGTH)) if on else 0)

    def _choose_theme(self, mode: theme.Mode) -> None:
        self.settings.keep("theme", mode.value)
        theme.apply(self._app, mode)

    def _follow_system(self) -> None:
        if self.settings.mode is theme.Mode.SYSTEM:
            QTimer.singleShot(0, lambda: theme.apply(self._app, theme.Mode.SYSTEM))

    def _show_messages(self) -> None:
        state, source = self.source.state, self.engine.source
        if state.state not in ("streaming", "ended"):
            self.window.person.show_observation(None)
        remedies = Remedies(self.source.try_virtual, self.source.restart, self.models.open_folder)
        for side in SIDES:
            circumstances = Circumstances(
                source_state=state.state,
                source_text=state.text,
                live=source is not None and source.live,
                models_known=self.models.known,
                model_count=len(self.models.entries),
                model_error=self.models.errors[side],
                seen=side in self.live.seen,
            )
            self.window.panes[side].preview.show_message(message_for(circumstances, remedies))
