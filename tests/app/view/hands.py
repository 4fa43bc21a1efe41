"""Simulates a user, who can use only mouse and keyboard on visible widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gaze_demo.view.shared.value_text import ValueText

W = TypeVar("W", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton
WAIT_MS = 50_000  # A machine with six other jobs is slow


class Hands:
    """Finds visible widgets by what is written on them, and uses mouse and keyboard on them."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until it is visible."""
        try:
            self._qtbot.waitUntil(lambda: bool(condition()))
        except self._qtbot.TimeoutError:
            pytest.fail(f"It cannot be seen:\n{self.texts()}")

    def all(self, kind: type[W]) -> list[W]:
        """The visible ones."""
        return [w for w in QApplication.allWidgets() if isinstance(w, kind) and w.isVisible()]

    def find(self, kind: type[W], name: str) -> W:
        """The visible one with this text, or whose text begins with it, or with this accessible name; waits for it."""
        found: list[W] = []

        def look() -> bool:
            found[:] = [widget for widget in self.all(kind) if name in _names(widget)]
            return bool(found)

        self.wait(look)
        return found[0]

    def click(self, name: str, kind: type[QAbstractButton] = QAbstractButton) -> None:
        """A button, once it can be pressed."""
        button = self.find(kind, name)
        self.wait(button.isEnabled)
        QTest.mouseClick(button, LEFT)

    def choose(self, name: str, item: str) -> None:
        """An item of a box, by the arrow keys and Enter."""
        box = self.find(QComboBox, name)
        self.wait(lambda: box.findText(item) >= 0)
        QTest.mouseClick(box, LEFT)
        view = box.view()
        self.wait(view.isVisible)
        QTest.keyClick(view, Qt.Key.Key_Home)
        for _ in range(box.findText(item)):
            QTest.keyClick(view, Qt.Key.Key_Down)
        QTest.keyClick(view, Qt.Key.Key_Return)
        self.wait(lambda: box.currentText() == item)

    def menu(self, title: str, entry: str) -> None:
        """An entry of a menu of the window, by the mouse."""
        bar = self.all(QMenuBar)[0]
        top = _action(bar.actions(), title)
        QTest.mouseClick(bar, LEFT, pos=bar.actionGeometry(top).center())
        menu = top.menu()
        assert isinstance(menu, QMenu)
        self.wait(menu.isVisible)
        action = _action(menu.actions(), entry)
        self.wait(action.isEnabled)
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())

    def type(self, widget: QWidget, text: str, *, enter: bool = True) -> None:
        """Replace the content of a field."""
        QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(widget, text)
        if enter:
            QTest.keyClick(widget, Qt.Key.Key_Return)

    def in_dialog(self, *steps: Callable[[QDialog], object]) -> None:
        """What to do in the dialogs that the next step opens and waits for, one after the other."""
        left = list(steps)
        done: list[QDialog] = []

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if isinstance(dialog, QDialog) and dialog.isVisible() and dialog not in done:
                done.append(dialog)
                # A dialog that stays open would block the test for ever
                QTimer.singleShot(WAIT_MS, dialog, dialog.reject)
                left.pop(0)(dialog)
            if left:
                QTimer.singleShot(50, look)

        QTimer.singleShot(50, look)

    def open_path(self, path: object) -> Callable[[QDialog], None]:
        """For `in_dialog`: paste a path into a file dialog."""

        def step(dialog: QDialog) -> None:
            assert isinstance(dialog, QFileDialog)
            field = next(field for field in self.all(QLineEdit) if field.objectName() == "fileNameEdit")
            QApplication.clipboard().setText(str(path))

            def enter() -> None:
                if dialog.isVisible():  # until it has read the folder, it takes no name
                    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
                    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
                    QTest.keyClick(field, Qt.Key.Key_Return)
                    QTimer.singleShot(300, dialog, enter)

            enter()

        return step

    def figure(self, name: str) -> str:
        """The value of a visible figure."""
        return self.find(ValueText, name).text

    def texts(self) -> str:
        """The texts of all visible labels, and those drawn into the previews."""
        told = [label.text() for label in self.all(QLabel)]
        told += [widget.accessibleDescription() for widget in self.all(QWidget) if widget.accessibleDescription()]
        return "\n".join(told)


def press(dialog: QDialog, *keys: Qt.Key) -> None:
    """Keys, to what has the focus in a dialog."""
    for key in keys:
        QTest.keyClick(dialog.focusWidget() or dialog, key)


def click_at(widget: QWidget, place: QPoint) -> None:
    QTest.mouseClick(widget, LEFT, pos=place)


def _action(actions: list[QAction], text: str) -> QAction:
    return next(action for action in actions if action.text().replace("&", "").startswith(text))


def _names(widget: QWidget) -> set[str]:
    names = {widget.accessibleName()}
    text = getattr(widget, "text", None)
    if callable(text) and isinstance(widget, QAbstractButton | QLabel):
        shown = str(text()).replace("&", "")
        names |= {shown, shown.rstrip("…")}
    return names - {""}
