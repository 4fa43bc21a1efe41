"""The menu bar: every action with its shortcut, in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from gaze_demo.view.theme import Mode

SHORTCUTS: Final = (
    # menu, name, text, shortcut, tip
    ("File", "open_file", "Open &video or image…", "Ctrl+O", "Show the gaze in a video or an image"),
    ("File", "open_folder", "Open &folder of images…", "Ctrl+Shift+O", "Show the gaze in every image of a folder"),
    ("File", "add_model", "&Add model…", "Ctrl+M", "Copy an ONNX model into your models folder and show it"),
    ("File", "models_folder", "Open your &models folder", "", "Put ONNX models with their contracts there"),
    ("File", "", "", "", ""),
    ("File", "quit", "&Quit", "Ctrl+Q", ""),
    ("Source", "virtual", "&Virtual participant", "Ctrl+P", "An animated face with exactly known gaze"),
    ("Source", "refresh", "&Look for cameras again", "F5", ""),
    ("Source", "restart", "&Start the source again", "Ctrl+R", "Open the camera anew, or play a video from its start"),
    ("Source", "", "", "", ""),
    ("Source", "hold", "&Hold the picture", "H", "The models can still be changed"),
    ("Source", "pointer", "Virtual eyes follow the poin&ter", "P", "Off: they follow a path"),
    ("View", "two_panes", "&Two panes", "T", "Off: one pane"),
    ("View", "swap", "S&wap the models", "X", ""),
    ("View", "each_eye", "Gaze of &each eye", "V", "Beside the mean of both"),
    ("View", "axes", "&Head axes", "A", "To the left in red, down in green, ahead in blue"),
    ("View", "crops", "Eye &crops", "C", "The normalised eyes that models see"),
    ("View", "filter", "&Filter", "F", "Smooth the drawn gaze; raw values are always kept"),
    ("View", "", "", "", ""),
    ("View", "plot", "&Plot", "Ctrl+1", "Yaw and pitch over time"),
    ("View", "stages", "&Stage table", "Ctrl+2", "Where the time goes"),
    ("View", "full_screen", "F&ull screen", "F11", "Esc leaves it"),
    (
        "Calibrate",
        "calibrate",
        "&Calibrate to the screen…",
        "Ctrl+K",
        "Half a minute of looking at dots, for all models",
    ),
    ("Calibrate", "recentre", "&Recentre", "R", "Look at one dot: corrects what has shifted since"),
    ("Calibrate", "report", "&Accuracy of the models…", "Ctrl+T", "From points that took no part in the calibration"),
    (
        "Calibrate",
        "add_models",
        "Add new &models to the profile",
        "",
        "From the samples that were kept: no need to look again",
    ),
    ("Calibrate", "", "", "", ""),
    ("Calibrate", "overlay", "Point of gaze on the &screen", "G", "Over everything; clicks go through it"),
    ("Calibrate", "heat", "Heat &map of the last minute", "M", ""),
    ("Calibrate", "teach", "Clicks &teach", "", "Who clicks somewhere looks there: corrects drift"),
    ("Calibrate", "", "", "", ""),
    ("Calibrate", "measure", "M&easure the screen…", "", "Its size with a bank card, and where the camera is"),
    ("Help", "log", "Show &log file", "", ""),
    ("Help", "about", "&About Gaze Demo", "F1", "Versions and licences"),
)
_CHECKABLE: Final = {
    *("hold", "pointer", "two_panes", "each_eye", "axes", "crops", "filter", "plot", "stages", "full_screen"),
    *("overlay", "heat", "teach"),
}


class Menus(QObject):
    """Makes the menus and holds their actions by name.

    Signals: `theme_chosen`, with a Mode.
    """

    theme_chosen = Signal(object)

    def __init__(self, bar: QMenuBar) -> None:
        super().__init__(bar)
        self.actions: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        for title, name, text, shortcut, tip in SHORTCUTS:
            if title not in self.menus:
                self.menus[title] = bar.addMenu(f"&{title}")
                self.menus[title].setToolTipsVisible(True)
            menu = self.menus[title]
            if not name:
                menu.addSeparator()
                continue
            action = QAction(text, bar, checkable=name in _CHECKABLE)
            action.setShortcut(QKeySequence(shortcut))
            action.setToolTip(tip or text.replace("&", ""))
            menu.addAction(action)
            self.actions[name] = action
        self.actions["quit"].setMenuRole(QAction.MenuRole.QuitRole)
        self.actions["about"].setMenuRole(QAction.MenuRole.AboutRole)
        self.cameras = QMenu("&Cameras", bar)
        self.menus["Source"].insertMenu(self.actions["refresh"], self.cameras)
        self._themes = self._theme_menu(bar)

    def on_trigger(self, name: str, call: Callable[[], object]) -> None:
        self.actions[name].triggered.connect(lambda _checked=False: call())

    def on_toggle(self, name: str, call: Callable[[bool], None]) -> None:
        """Called on every change, also of those made in code."""
        self.actions[name].toggled.connect(call)

    def check(self, name: str, checked: bool) -> None:
        self.actions[name].setChecked(checked)

    def is_checked(self, name: str) -> bool:
        return self.actions[name].isChecked()

    def show_theme(self, mode: Mode) -> None:
        self._themes[mode].setChecked(True)

    def _theme_menu(self, bar: QMenuBar) -> dict[Mode, QAction]:
        menu = QMenu("&Theme", bar)
        group = QActionGroup(menu)
        actions = {}
        for mode, text in ((Mode.SYSTEM, "As the &system"), (Mode.LIGHT, "&Light"), (Mode.DARK, "&Dark")):
            action = QAction(text, menu, checkable=True)
            action.triggered.connect(lambda _=False, m=mode: self.theme_chosen.emit(m))
            group.addAction(action)
            menu.addAction(action)
            actions[mode] = action
        self.menus["View"].addSeparator()
        self.menus["View"].addMenu(menu)
        return actions
