"""First steps, all keys, and what the numbers mean."""

from __future__ import annotations

from html import escape
from typing import Final

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from gaze_demo.desk.commands import MENUS, CommandBook
from gaze_demo.view.shared import theme

_STEPS: Final = (
    "Choose a camera at the top left. Sit 40 to 90 cm in front of it, with light on your face.",
    "The arrow shows where each model thinks you look. Choose another model in the box above its picture.",
    "Click <b>Calibrate</b> and look at each dot. All models are then fitted to your eyes.",
    "The window then shows how accurate each model is on dots that took no part in the fit.",
    "Your point of gaze is then shown on the small screen at the bottom right; <b>G</b> draws it over the real screen.",
    "When the point has drifted, press <b>R</b> and look at the dot in the middle.",
)
_NUMBERS: Final = (
    (
        "yaw, pitch",
        "direction of the gaze in the camera's frame: yaw + is to the right of a mirrored picture, pitch + up",
    ),
    ("true error", "angle to the exactly known gaze, which only the virtual participant has"),
    ("Delivered", "frames per second that the pane has shown over the last 2 seconds"),
    ("Model latency", "time that the model itself takes: the median, and what 95 of 100 frames stay below (p95)"),
    ("Parameters, MACs", "weights of the model, and multiplications for one frame"),
    ("Between the gazes", "angle between the unfiltered gazes of both models in the same frame"),
    ("lag", "the lag of the drawn gaze because of the filter"),
    ("Distance", "from the lens to the eyes; correct only if the lens's field of view is"),
    ("Lids apart", "height by width of each eye's opening; about 0.3 for an open eye"),
    ("Stages", "where the time goes, from the capture of the image to the painted picture, in milliseconds"),
)


def help_html(commands: CommandBook) -> str:
    """The text, with the keys of all commands."""
    used = theme.colours()
    steps = "".join(f"<li style='margin-bottom:6px'>{step}</li>" for step in _STEPS)
    keys = []
    for menu in MENUS:
        rows = [command for command in commands.by_id.values() if command.menu == menu and command.keys]
        keys.append("".join(_row(command.keys, command.title, used.muted) for command in rows))
    numbers = "".join(_row(name, text, used.muted) for name, text in _NUMBERS)
    return (
        f"<h3>First steps</h3><ol>{steps}</ol>"
        f"<h3>Keys</h3><table cellpadding='2'>{''.join(keys)}</table>"
        f"<h3>What the numbers mean</h3><table cellpadding='2'>{numbers}</table>"
    )


class Help(QDialog):
    """Attributes: `text`."""

    def __init__(self, commands: CommandBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Help")
        self.resize(640, 620)
        self.text = QTextBrowser()
        self.text.setHtml(help_html(commands))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.addWidget(self.text, 1)
        column.addWidget(buttons)


def _row(name: str, text: str, colour: str) -> str:
    return f"<tr><td><b>{escape(name)}</b></td><td style='color:{colour}; padding-left:18px'>{escape(text)}</td></tr>"
