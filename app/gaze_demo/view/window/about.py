"""The dialog "About": purpose, version, components and licences."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from html import escape
from importlib import metadata
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QTextBrowser, QVBoxLayout, QWidget

from gaze_demo import __version__, paths
from gaze_demo.landmarks.engine import engine_description
from gaze_demo.model.providers import chosen_provider, installed_providers
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.icons import app_icon

if TYPE_CHECKING:
    from gaze_demo.model.registry import ModelEntry

_LIBRARIES: Final = (
    ("PySide6-Essentials", "PySide6 (Qt)", "LGPL-3.0"),
    ("mediapipe", "MediaPipe", "Apache-2.0"),
    ("onnxruntime", "ONNX Runtime", "MIT"),
    ("opencv-python-headless", "OpenCV", "Apache-2.0"),
    ("numpy", "NumPy", "BSD-3-Clause"),
    ("pydantic", "pydantic", "MIT"),
    ("platformdirs", "platformdirs", "MIT"),
    ("psutil", "psutil", "BSD-3-Clause"),
    ("cv2-enumerate-cameras", "cv2-enumerate-cameras", "MIT"),
    ("ai-edge-litert", "LiteRT", "Apache-2.0"),
    ("av", "PyAV", "BSD-3-Clause"),
    ("PyYAML", "PyYAML", "MIT"),
    ("pyarrow", "Apache Arrow", "Apache-2.0"),
    ("rich", "Rich", "MIT"),
)
_PRIVACY: Final = (
    "Nothing leaves this computer: no usage statistics, no downloads, no accounts. Pictures are kept only with a "
    "profile or a recording that you make, in folders that no other account can read."
)
_ASSETS: Final = (
    ("Face landmarker and canonical face", "MediaPipe, Google", "Apache-2.0"),
    ("Portrait of astronaut Eileen Collins", "NASA", "public domain"),
)


def about_html(models: Iterable[ModelEntry]) -> str:
    """The dialog's text: libraries, assets and models with versions and licences."""
    used = theme.colours()

    def table(title: str, rows: Iterable[tuple[str, str, str]]) -> str:
        cells = "".join(
            f"<tr><td>{escape(a)}</td><td style='color:{used.muted}; padding-left:18px'>{escape(b)}</td>"
            f"<td style='padding-left:18px'>{escape(c)}</td></tr>"
            for a, b, c in rows
        )
        return f"<p style='margin-top:14px'><b>{title}</b></p><table cellspacing='0' cellpadding='2'>{cells}</table>"

    libraries = [("Python", platform.python_version(), "PSF-2.0"), ("Qt", qVersion(), "LGPL-3.0")]
    libraries += [(name, _version(package), licence) for package, name, licence in _LIBRARIES]
    weights = [(m.name, m.contract.attribution or m.contract.role, m.contract.licence) for m in models]
    return (
        table("Libraries", libraries)
        + table("Shipped with the app", _ASSETS)
        + (table("Models", weights) if weights else "")
        + f"<p style='margin-top:14px'><b>Privacy</b><br>{_PRIVACY}</p>"
        + f"<p style='color:{used.muted}; margin-top:14px'>Landmark engine: {escape(engine_description())}<br>"
        + f"Models run on: {escape(_providers())}<br>"
        + f"Log file: {escape(str(paths.log_file()))}<br>"
        + f"Your own models: {escape(str(paths.user_models()))}</p>"
    )


class About(QDialog):
    """Name, purpose, and the table of licences."""

    def __init__(self, models: Iterable[ModelEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Gaze Demo")
        self.setMinimumSize(540, 520)
        icon = QLabel()
        icon.setPixmap(app_icon().pixmap(QSize(64, 64), self.devicePixelRatioF()))
        name = QLabel("Gaze Demo")
        name.setFont(theme.figure_font(1.6))
        purpose = QLabel(f"Version {__version__} · Apache-2.0\nWhere the person in front of the camera looks.")
        purpose.setProperty("kind", "muted")
        words = QVBoxLayout()
        words.addWidget(name)
        words.addWidget(purpose)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        text = QTextBrowser()
        text.setHtml(about_html(models))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(text, 1)
        column.addWidget(buttons)


def _providers() -> str:
    used, installed = chosen_provider(), installed_providers()
    others = [name for name in installed if name != used]
    return used.upper() + (f" (also installed: {', '.join(others)})" if others else "")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
