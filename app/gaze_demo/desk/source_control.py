"""The source of the frames: which one, its settings and its state."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from gaze_demo.camera.devices import CameraDevice
from gaze_demo.camera.open import SourceOptions
from gaze_demo.camera.reader import ReaderStatus
from gaze_demo.camera.source import Source
from gaze_demo.camera.turned import TURNS, Turn
from gaze_demo.desk.memory import Memory
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.observed import Told
from gaze_demo.desk.state import VIRTUAL, CameraItem, LensShown, SourceKind, SourceState, WindowState, is_virtual
from gaze_demo.desk.trouble import sentence
from gaze_demo.desk.virtual_control import VirtualControl
from gaze_demo.live.background import Background
from gaze_demo.live.engine import Engine
from gaze_demo.live.tools import Tools
from gaze_demo.options import WindowOptions

_RATE = 30.0
_FROZEN = "frozen"


class SourceControl:
    """Opens the source that the user, the command line or the saved settings name.

    Signals: `opening`, when another source begins; `opened`, with the source, once it was created; `lens_changed`, by
    the user.
    """

    def __init__(
        self,
        state: WindowState,
        notices: Notices,
        engine: Engine,
        memory: Memory,
        background: Background,
        tools: Tools,
        options: WindowOptions,
    ) -> None:
        self.opening: Told[None] = Told()
        self.opened: Told[Source] = Told()
        self.lens_changed: Told[None] = Told()
        self._state, self._notices, self._engine, self._memory = state, notices, engine, memory
        self._background, self._tools = background, tools
        self._given_lens = options.lens
        self._rate = options.rate or _RATE
        self._given_turn: Turn = options.rotate
        self._turn: Turn = 0
        self._given_size = options.width, options.height
        self._asked_size: tuple[int, int] | None = None  # by the user, of a camera that has not answered yet
        self.virtual = VirtualControl(state)
        self.virtual.respec.connect(lambda _: self.open(self.virtual.spec))
        state.lens = LensShown(state.hfov_deg)
        if options.width and options.height:
            state.size = options.width, options.height
        state.on("size", self._choose_size)
        state.on("turn", self._choose_turn)
        state.on("hfov_deg", self._choose_hfov)
        self._set_lens()

    @property
    def spec(self) -> str:
        return self._state.source_spec

    @property
    def folder(self) -> str:
        """Where the last file was opened."""
        return self._memory.text("folder")

    def start(self, wanted: str | None) -> None:
        """Open the requested source, otherwise the last one, otherwise the first camera, otherwise the virtual
        participant."""
        self.look_for_cameras()
        spec = wanted or self._memory.text("source")
        if spec:
            self.open(spec, keep=False)
        else:
            self._background.run(self._tools.default_spec, lambda found: self.open(found, keep=False), self._fail)

    def open(self, spec: str, keep: bool = True) -> None:
        """Show this source from now on, and remember it with `keep`."""
        if is_virtual(spec):
            self.virtual.adopt(spec)
            spec = self.virtual.spec
        if keep:
            self._memory.keep("source", spec)
        self._turn = self._turn_of(spec)
        self._state.turn = self._turn
        self._state.source_spec = spec
        self._asked_size = None
        self.restart()

    def open_path(self, path: str) -> None:
        """A file or folder that the user chose or dropped."""
        self._memory.keep("folder", str(Path(path).parent))
        self.open(path)

    def try_virtual(self) -> None:
        self.open(VIRTUAL)

    def restart(self) -> None:
        """Open the source in use again."""
        spec, state = self.spec, self._state
        if not spec:
            return
        virtual = is_virtual(spec)
        width, height = self._given_size if virtual else state.size
        options = SourceOptions(width, height, self._rate, real_time=True, rotate=self._turn)
        make = self._tools.open_virtual if virtual else self._tools.open_source
        state.source_kind = SourceKind.VIRTUAL if virtual else SourceKind.UNKNOWN
        state.source_live = False
        state.seen = frozenset()
        state.source = SourceState()
        self._notices.withdraw(_FROZEN)
        self._notices.withdraw("size")
        self._engine.open(lambda: make(spec, options))
        self.opening.tell(None)

    def look_for_cameras(self) -> None:
        self._background.run(self._tools.list_cameras, self._show_cameras, lambda _: self._show_cameras([]))

    def on_opened(self, source: Source) -> None:
        """The source in use was created."""
        state, virtual, given = self._state, is_virtual(self.spec), self._given_lens
        if not virtual:
            state.source_kind = SourceKind.CAMERA if source.live else SourceKind.FILE
        state.source_live = source.live
        if source.intrinsics is not None:
            state.lens = LensShown(source.intrinsics.hfov_deg, "The lens of this source is known exactly.")
        elif given is not None and given.known is not None:
            state.lens = LensShown(given.known.hfov_deg, "The lens is that of the calibration file.")
        else:
            state.lens = LensShown(given.hfov_deg if given else state.hfov_deg)
        self.virtual.use(source if virtual else None)
        self.opened.tell(source)

    def on_status(self, status: ReaderStatus) -> None:
        """The state of the source in use has changed."""
        self._state.source = SourceState(status.state, status.message)
        if status.fault == "frozen":  # it streams, so no card says so
            self._notices.warn(status.message, _FROZEN)
        else:
            self._notices.withdraw(_FROZEN)

    def on_failed(self, error: Exception) -> None:
        """The source in use cannot be created, or has failed."""
        self._fail(error)

    def refresh_status(self) -> None:
        """Update the text that says what the source delivers."""
        status = self._engine.reader_status
        if status is None or not status.width:
            self._state.status = ""
            return
        dropped = f" · {status.dropped} dropped" if status.dropped else ""
        self._state.status = f"{status.width} × {status.height} · {status.fps:.0f} fps{dropped}"
        asked, self._asked_size = self._asked_size, None
        if asked is not None and sorted(asked) != sorted((status.width, status.height)):  # it may be turned
            self._notices.info(
                f"The camera has no {asked[0]} × {asked[1]} px: it sends {status.width} × {status.height}.", "size"
            )

    def _set_lens(self) -> None:
        self._engine.set_lens(self._given_lens, self._state.hfov_deg)

    def _choose_size(self, size: tuple[int, int]) -> None:
        self._asked_size = size
        self.restart()

    def _choose_turn(self, turn: int) -> None:
        if turn != self._turn:  # by the user, not with another source
            self._turn = cast(Turn, turn)
            self._memory.keep(_turn_key(self.spec), turn)
            self.restart()

    def _turn_of(self, spec: str) -> Turn:
        """By how much the pictures of a source are turned: as the command line says, of its first one, or as before."""
        if is_virtual(spec):
            return 0
        given, self._given_turn = self._given_turn, 0
        kept = self._memory.number(_turn_key(spec), 0, 0, 270)
        return given or next((turn for turn in TURNS if turn == kept), 0)

    def _choose_hfov(self, hfov_deg: float) -> None:
        self._given_lens = None
        self._set_lens()
        self._notices.info(f"Lens: {hfov_deg:.1f}°. All distances and angles follow from it.", "lens")
        if not self._state.lens.known:
            self._state.lens = LensShown(hfov_deg)
        self.lens_changed.tell(None)
        if self._state.source.state == "failed":  # the previous lens may have been the reason
            self.restart()

    def _fail(self, error: Exception) -> None:
        self._state.source = SourceState("failed", sentence(error, "The source cannot be used"))

    def _show_cameras(self, cameras: Sequence[CameraDevice]) -> None:
        self._state.cameras = tuple(CameraItem(each.name, each.name, each.path, each.index) for each in cameras)


def _turn_key(spec: str) -> str:
    return f"turn/{spec}"
