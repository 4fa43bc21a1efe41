"""The menu bar, made from the table of commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from gaze_demo.desk.commands import MENUS, SEPARATOR, Command, CommandBook
from gaze_demo.desk.state import CameraItem, SourceKind, Theme, WindowState
from gaze_demo.desk.switches import Switches

_LIMITS = ((0.0, "&No limit"), (60.0, "&60 frames a second"), (30.0, "&30"), (15.0, "&15"), (5.0, "&5"))
_TURNS = ((0, "&Not turned"), (90, "90° to the &right"), (180, "&Upside down"), (270, "90° to the &left"))
_PROVIDERS = {
    "cpu": "&Processor (CPU)",
    "cuda": "NVIDIA graphics card (C&UDA)",
    "directml": "Graphics card (&DirectML)",
    "coreml": "Apple &Core ML",
    "openvino": "Intel &OpenVINO",
}
_TITLES = {"Film": "Fi&lm"}  # if the first letter is the access key of another menu
_THEMES = ((Theme.SYSTEM, "As the &system"), (Theme.LIGHT, "&Light"), (Theme.DARK, "&Dark"))


class Menus:
    """Attributes: `menus`, by title; `actions`, by the command's id."""

    def __init__(self, bar: QMenuBar, state: WindowState, commands: CommandBook) -> None:
        self.menus: dict[str, QMenu] = {}
        self.actions: dict[str, QAction] = {}
        self._bar, self._state, self._commands = bar, state, commands
        self._switches = Switches(state)
        for title in MENUS:
            menu = self.menus[title] = bar.addMenu(_TITLES.get(title, f"&{title}"))
            menu.setToolTipsVisible(True)
            for command in commands.commands:
                if command.menu != title:
                    continue
                if command.id == SEPARATOR:
                    menu.addSeparator()
                else:
                    menu.addAction(self._action(command))
        self.actions["quit"].setMenuRole(QAction.MenuRole.QuitRole)
        self.actions["about"].setMenuRole(QAction.MenuRole.AboutRole)
        self._cameras = QMenu("&Cameras", bar)
        self.menus["Source"].insertMenu(self.actions["refresh-cameras"], self._cameras)
        state.on("cameras", self._show_cameras, now=True)
        self._add_choices("View", "&Theme", "theme", _THEMES)
        self._add_choices("Source", "&Frame rate limit", "most_fps", _LIMITS)
        turns = self._add_choices("Source", "T&urn the picture", "turn", _TURNS, apart=False)
        turns.setToolTip("Of a camera that stands on its side or hangs upside down, or of a file")
        state.on("source_kind", lambda kind: turns.setEnabled(kind is not SourceKind.VIRTUAL), now=True)
        self._providers = QMenu("Models &run on", bar)
        self.menus["File"].insertMenu(self.actions["palette"], self._providers)
        state.on("providers", self._show_providers, now=True)
        state.on("provider", lambda _: self._show_providers(state.providers))

    def insert(self, menu: QMenu, before: str) -> None:
        """Another menu, before a command in the menu of that command."""
        self.menus[self._commands.by_id[before].menu].insertMenu(self.actions[before], menu)

    def _action(self, command: Command) -> QAction:
        action = QAction(command.text, self._bar)
        action.setShortcut(QKeySequence(command.keys))
        action.setToolTip(command.tip or command.title)
        self.actions[command.id] = action
        if command.state:
            action.setCheckable(True)
            action.toggled.connect(lambda on: self._switches.switch(command, on))
        else:
            action.triggered.connect(lambda _checked=False: self._commands.run(command.id))
        if command.state or command.needs:
            self._switches.watch(command, lambda: self._show(command, action))
        return action

    def _show(self, command: Command, action: QAction) -> None:
        if command.state:
            action.setChecked(self._switches.is_on(command))
        action.setEnabled(self._switches.is_enabled(command))

    def _show_cameras(self, cameras: tuple[CameraItem, ...]) -> None:
        self._cameras.clear()
        for camera in cameras:
            action = QAction(camera.name.replace("&", "&&"), self._cameras)
            action.triggered.connect(lambda _=False, spec=camera.spec: self._commands.run("open", spec))
            self._cameras.addAction(action)
        if not cameras:
            none = QAction("No camera found", self._cameras)
            none.setEnabled(False)
            self._cameras.addAction(none)

    def _show_providers(self, providers: tuple[str, ...]) -> None:
        """The execution providers of onnxruntime on this machine; shown only if there is a choice."""
        menu = self._providers
        menu.clear()
        for name in providers:
            action = menu.addAction(_PROVIDERS[name])
            action.setCheckable(True)
            action.setChecked(name == self._state.provider)
            action.triggered.connect(lambda _=False, chosen=name: self._choose_provider(chosen))
        if len(providers) == 1:
            menu.addAction("Others need another build of onnxruntime").setEnabled(False)

    def _choose_provider(self, name: str) -> None:
        self._state.provider = name
        self._show_providers(self._state.providers)  # a click on the chosen entry has removed its mark

    def _add_choices(
        self, title: str, text: str, field: str, choices: Sequence[tuple[Any, str]], *, apart: bool = True
    ) -> QMenu:
        """A submenu to choose the value of a field; with `apart`, below a separator."""
        menu = QMenu(text, self._bar)
        group = QActionGroup(menu)
        actions: dict[Any, QAction] = {}
        for value, words in choices:
            actions[value] = action = QAction(words, menu, checkable=True)
            action.triggered.connect(lambda _=False, chosen=value: setattr(self._state, field, chosen))
            group.addAction(action)
            menu.addAction(action)
        if apart:
            self.menus[title].addSeparator()
        self.menus[title].addMenu(menu)

        def show(value: Any) -> None:
            if value in actions:
                actions[value].setChecked(True)

        self._state.on(field, show, now=True)
        return menu
