"""The source of the frames: which one, with which settings, and how it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from gaze_demo.view.header.resolution_chooser import RATE, SIZES
from gaze_demo.view.header.source_chooser import VIRTUAL, SourceItem
from gaze_demo.view.settings import Settings
from gaze_demo.view.trouble import sentence
from gaze_demo.view.virtual_control import VirtualControl, is_virtual
from gaze_demo.view.window import Window
from gaze_demo.view.workers.background import Background
from gaze_demo.view.workers.engine import Engine

if TYPE_CHECKING:
    from gaze_demo.camera.devices import CameraDevice
    from gaze_demo.camera.reader import ReaderStatus
    from gaze_demo.camera.source import Source
    from gaze_demo.camera.virtual import VirtualSource
    from gaze_demo.options import WindowOptions

DEFAULT_HFOV_DEG = 60.0
_ENDINGS = "mp4 mov avi mkv webm m4v png jpg jpeg bmp webp tif tiff"
_KINDS = f"Videos and images ({' '.join(f'*.{ending}' for ending in _ENDINGS.split())});;All files (*)"


@dataclass(frozen=True)
class SourceState:
    """`state` as in ReaderStatus, "failed" also where the source could not be made; `text` a sentence for the user."""

    state: str = "opening"
    text: str = ""


class SourceControl(QObject):
    """Opens sources as the user, the command line or the settings want it.

    Attributes: `state`, how the source is doing; `spec`, which it is.

    Signals: `opening`, when another source begins; `changed`, when `state` has; `lens_changed`, by the user.
    """

    opening = Signal()
    changed = Signal()
    lens_changed = Signal()

    def __init__(
        self, window: Window, engine: Engine, settings: Settings, background: Background, options: WindowOptions
    ) -> None:
        super().__init__(window)
        self.state = SourceState()
        self.spec = ""
        self._window, self._engine, self._settings, self._background = window, engine, settings, background
        self._header = window.header
        self._given_lens = options.lens
        self._rate = options.rate or RATE
        self._given_size = options.width, options.height
        remembered = _remembered_size(settings)
        self._size = options.width or remembered[0], options.height or remembered[1]
        self._hfov_deg = settings.number("hfov_deg", DEFAULT_HFOV_DEG, 20, 150)
        self.virtual = VirtualControl(window, settings)
        self._connect()

    def start(self, wanted: str | None) -> None:
        """Open what is wanted, else what was used last, else the first camera, else the virtual participant."""
        self.look_for_cameras()
        spec = wanted or self._settings.text("source")
        if spec:
            self.open(spec, keep=False)
        else:
            self._background.run(_default_spec, lambda found: self.open(found, keep=False), self._fail)

    def open(self, spec: str, keep: bool = True) -> None:
        """Show this source from now on, and remember it with `keep`."""
        if is_virtual(spec):
            self.virtual.adopt(spec)
            spec = self.virtual.spec
        if keep:
            self._settings.keep("source", spec)
        self.spec = spec
        self._header.source.show_current(VIRTUAL if is_virtual(spec) else spec)
        self.restart()

    def restart(self) -> None:
        """Open the source in use anew."""
        if not self.spec:
            return
        self.state = SourceState()
        spec, rate = self.spec, self._rate
        width, height = self._given_size if is_virtual(spec) else self._size

        def open_source() -> Source:
            from gaze_demo.camera.open import SourceOptions, open_source

            options = SourceOptions(width, height, rate, real_time=True)
            if is_virtual(spec):  # it renders in Python, which would hold up the window
                from gaze_demo.camera.virtual_process import VirtualProcess

                return VirtualProcess(spec, options)
            return open_source(spec, options)

        self._header.show_kind(camera=False, virtual=is_virtual(spec))
        self._engine.open(open_source)
        self.opening.emit()
        self.changed.emit()

    def look_for_cameras(self) -> None:
        def job() -> list[CameraDevice]:
            from gaze_demo.camera.devices import list_cameras

            return list_cameras()

        self._background.run(job, self._show_cameras, lambda _: self._show_cameras([]))

    def ask_for_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a video or an image", self._folder(), _KINDS)
        if name:
            self._open_path(name)

    def ask_for_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Open a folder of images", self._folder())
        if name:
            self._open_path(name)

    def try_virtual(self) -> None:
        self.open(VIRTUAL)

    def _connect(self) -> None:
        chooser = self._header.source
        chooser.chosen.connect(self.open)
        chooser.file_wanted.connect(self.ask_for_file)
        chooser.folder_wanted.connect(self.ask_for_folder)
        chooser.refresh_wanted.connect(self.look_for_cameras)
        self._header.resolution.show_size(*self._size)
        self._header.resolution.chosen.connect(self._choose_size)
        self._header.lens.show_value(self._hfov_deg, "")
        self._header.lens.chosen.connect(self._choose_hfov)
        self._window.dropped.connect(self._open_path)
        self.virtual.respec.connect(lambda: self.open(self.virtual.spec))
        self._engine.source_opened.connect(self._on_opened)
        self._engine.status_changed.connect(self._on_status)
        self._engine.source_failed.connect(self._fail)
        self._set_lens()

    def _set_lens(self) -> None:
        self._engine.set_lens(self._given_lens, self._hfov_deg)

    def _choose_size(self, width: int, height: int) -> None:
        self._size = width, height
        self._settings.keep("resolution", f"{width}x{height}")
        self.restart()

    def _choose_hfov(self, hfov_deg: float) -> None:
        self._hfov_deg = hfov_deg
        self._given_lens = None
        self._settings.keep("hfov_deg", hfov_deg)
        self._set_lens()
        self.lens_changed.emit()
        if self.state.state == "failed":  # the lens before it may have been why
            self.restart()

    def _on_opened(self, source: Source) -> None:
        virtual = is_virtual(self.spec)
        self._header.show_kind(camera=source.live and not virtual, virtual=virtual)
        given = self._given_lens
        if source.intrinsics is not None:
            self._header.lens.show_value(source.intrinsics.hfov_deg, "The lens of this source is known exactly.")
        elif given is not None and given.known is not None:
            self._header.lens.show_value(given.known.hfov_deg, "The lens is that of the calibration file.")
        else:
            self._header.lens.show_value(given.hfov_deg if given else self._hfov_deg, "")
        self.virtual.use(cast("VirtualSource", source) if virtual else None)

    def _on_status(self, status: ReaderStatus) -> None:
        self.state = SourceState(status.state, status.message)
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self.state = SourceState("failed", sentence(error, "The source cannot be used"))
        self.changed.emit()

    def _show_cameras(self, cameras: list[CameraDevice]) -> None:
        items = [SourceItem(camera.name, camera.name, camera.path, camera.index) for camera in cameras]
        self._header.source.show_cameras(items)
        menu = self._window.menus.cameras
        menu.clear()
        for item in items:
            action = QAction(item.name, menu)
            action.triggered.connect(lambda _=False, spec=item.spec: self.open(spec))
            menu.addAction(action)
        if not items:
            none = QAction("No camera found", menu)
            none.setEnabled(False)
            menu.addAction(none)

    def _open_path(self, name: str) -> None:
        self._settings.keep("folder", str(Path(name).parent))
        self.open(name)

    def _folder(self) -> str:
        return self._settings.text("folder")


def _default_spec() -> str:
    from gaze_demo.camera.open import default_spec  # brings OpenCV

    return default_spec()


def _remembered_size(settings: Settings) -> tuple[int, int]:
    width, _, height = settings.text("resolution").partition("x")
    if width.isdecimal() and height.isdecimal() and 0 < int(width) < 10_000 and 0 < int(height) < 10_000:
        return int(width), int(height)
    return SIZES[1]
