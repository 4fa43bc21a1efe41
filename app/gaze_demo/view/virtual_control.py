"""What the virtual participant is asked to do: look at the pointer or along a path, be somebody, move its head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication

from gaze_demo.geometry import Array
from gaze_demo.view.header.source_chooser import VIRTUAL
from gaze_demo.view.monitor import monitor_geometry, px_on_monitor
from gaze_demo.view.settings import Settings
from gaze_demo.view.window import Window

if TYPE_CHECKING:
    from gaze_demo.camera.virtual import VirtualSource

_INTERVAL_MS = 20


def is_virtual(spec: str) -> bool:
    return spec == VIRTUAL or spec.startswith(VIRTUAL + ":")


class VirtualControl(QObject):
    """Keeps the virtual participant's settings, and tells it where the pointer is.

    Signals: `respec`, when the source must be opened anew for the settings to count.
    """

    respec = Signal()

    def __init__(self, window: Window, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._gaze = "path" if settings.text("virtual_gaze") == "path" else "pointer"
        self._person = int(settings.number("virtual_person", 0, 0, 2))
        self._head = "moving" if settings.text("virtual_head") == "moving" else "still"
        self._more: list[str] = []
        self._source: VirtualSource | None = None
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self._follow_pointer)
        controls = window.header.virtual
        controls.gaze_chosen.connect(self._choose_gaze)
        controls.person_chosen.connect(self._choose_person)
        controls.head_chosen.connect(self._choose_head)
        window.menus.on_toggle("pointer", lambda on: self._choose_gaze("pointer" if on else "path"))
        self._show()

    @property
    def spec(self) -> str:
        """What `open_source` takes."""
        parts = [*(["path"] if self._gaze == "path" else []), f"person={self._person}", f"head={self._head}"]
        return f"{VIRTUAL}:" + ",".join(parts + self._more)

    def adopt(self, spec: str) -> None:
        """Take over the settings that `spec` names; what it leaves out stays as it was."""
        self._more = []
        for part in filter(None, spec.partition(":")[2].split(",")):
            name, _, value = part.strip().partition("=")
            if name in ("path", "pointer"):
                self._gaze = name
            elif name == "person" and value in ("0", "1", "2"):
                self._person = int(value)
            elif name == "head" and value in ("still", "moving"):
                self._head = value
            else:
                self._more.append(part.strip())
        self._show()

    def use(self, source: VirtualSource | None) -> None:
        """The source in use, or None where it is another one."""
        self._source = source
        if source is not None and self._gaze == "pointer":
            self._timer.start()
        else:
            self._timer.stop()

    def look_at(self, target_mm: Array | None) -> None:
        """Look at a point (3,) of the camera frame, whatever the pointer does; None follows the pointer again."""
        if self._source is None:
            return
        if target_mm is None:
            self.use(self._source)
        else:
            self._timer.stop()
            self._source.look_at_mm(target_mm)

    def _choose_gaze(self, gaze: str) -> None:
        if gaze != self._gaze:
            self._gaze = gaze
            self._settings.keep("virtual_gaze", gaze)
            self._changed()

    def _choose_person(self, person: int) -> None:
        if person != self._person:
            self._person = person
            self._settings.keep("virtual_person", person)
            self._changed()

    def _choose_head(self, head: str) -> None:
        if head != self._head:
            self._head = head
            self._settings.keep("virtual_head", head)
            self._changed()

    def _changed(self) -> None:
        self._show()
        if self._source is not None:
            self.respec.emit()

    def _show(self) -> None:
        controls = self._window.header.virtual
        controls.gaze.select(self._gaze)
        controls.person.setCurrentIndex(self._person)
        controls.head.select(self._head)
        self._window.menus.check("pointer", self._gaze == "pointer")

    def _follow_pointer(self) -> None:
        if self._source is not None:
            self._source.look_at_mm(pointer_mm())


def pointer_mm() -> Array:
    """Where the mouse pointer is on the glass (3,), camera frame: someone in front of the screen looks at it there."""
    position = QCursor.pos()
    screen = QGuiApplication.screenAt(position) or QGuiApplication.primaryScreen()
    return monitor_geometry(screen).px_to_camera(px_on_monitor(screen, position))
