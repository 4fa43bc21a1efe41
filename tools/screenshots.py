"""Renews the screenshots of README.md: the window on a film, the virtual participant, the results of a calibration.

`make screenshots` runs it, on a virtual display where there is none. Let nothing else run meanwhile: the figures in the
pictures are measured by the app while it is shown.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
from PIL import Image
from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, QSettings, QTimer
from PySide6.QtWidgets import QWidget

from gaze_demo import clock
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.options import WindowOptions
from gaze_demo.view.app import App
from gaze_demo.view.shared.qt import application
from gaze_demo.view.shared.settings import Settings
from gaze_demo.view.shell import Shell
from gaze_demo.view.window.trouble import TroubleRelay

DOCS = Path(__file__).resolve().parents[1] / "docs"
FILM_S, RATE = 30, 30
SETTLED_S = 12  # the plots hold 10 s
PATIENCE_S = 900


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            os.environ[variable] = name
        sys.setswitchinterval(0.001)  # as the app does
        film = Path(name) / "person.mp4"
        make_film(film)
        show(str(film), lambda app: save(app.window, "window.png"))
        show("virtual:path", lambda app: save(app.window, "virtual.png"))
        show("virtual:path", calibrate)
    return 0


def make_film(path: Path) -> None:
    """The virtual participant, of whom the app then knows no truth."""
    source = open_source("virtual:path", SourceOptions(640, 480, RATE, real_time=False))
    source.open()
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=RATE)
        stream.bit_rate = 12_000_000
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for index in range(FILM_S * RATE):
            frame = source.read()
            assert frame is not None
            image = av.VideoFrame.from_ndarray(frame.image, format="bgr24")
            image.pts, image.time_base = index, Fraction(1, RATE)
            out.mux(stream.encode(image))
        out.mux(stream.encode())
    source.close()


def show(source: str, then: Callable[[App], None]) -> None:
    """The window as at the first start, in the light theme, until it has been at work for a while."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(QSettings(str(Path(name) / "settings.ini"), QSettings.Format.IniFormat))
        settings.keep("theme", "light")
        app = App(Shell(application(), settings, TroubleRelay()), WindowOptions(source=source), settings)
        app.window.resize(1280, 800)
        app.window.show()
        app.start()
        wait(lambda: len(app.state.seen) == 2)
        since = clock.now_s()
        wait(lambda: clock.now_s() - since > SETTLED_S)
        then(app)
        app.window.close()


def calibrate(app: App) -> None:
    """Calibrate all models, and show how good they are."""
    app.desk.commands.run("calibrate")
    wait(lambda: app.calibration.screen is not None and app.calibration.screen.checks.button.isEnabled())
    assert app.calibration.screen is not None
    app.calibration.screen.checks.button.click()
    wait(lambda: app.calibration.results is not None)
    wait(lambda: app.calibration.screen is None)
    assert app.calibration.results is not None
    app.calibration.results.resize(1320, 800)
    save(app.calibration.results, "calibration.png")


def save(widget: QWidget, name: str) -> None:
    """In all its colours: in 256 a photograph shows bands."""
    turn(300)
    kept = QBuffer()
    kept.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(kept, "PNG")
    with Image.open(BytesIO(kept.data().data())) as image:
        image.convert("RGB").save(DOCS / name, optimize=True)
    print(f"docs/{name}: {(DOCS / name).stat().st_size // 1000} kB")


def wait(condition: Callable[[], bool]) -> None:
    until = clock.now_s() + PATIENCE_S
    while not condition():
        if clock.now_s() > until:
            raise SystemExit("The window did not come that far.")
        turn(50)


def turn(milliseconds: int) -> None:
    """Let the window live."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
