"""Colours, fonts and the style sheet: the only place that defines the look, light and dark."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from gaze_demo.calibration.colours import ON_DARK, ON_LIGHT
from gaze_demo.desk.state import Theme
from gaze_demo.live.pane_id import PaneId

GAP = 12  # space in px between cards, and inside them
RADIUS = 10  # corner radius in px of cards and previews

REGULAR, BOLD = QFont.Weight.Normal, QFont.Weight.DemiBold

# The two panes and the truth as drawn over a video, the same in both themes: they must be visible on any skin and any
# wall.
VIDEO_A, VIDEO_B, VIDEO_TRUTH = QColor("#ffb238"), QColor("#35e0dc"), QColor("#ffffff")


@dataclass(frozen=True)
class Colours:
    """The palette of one theme, as CSS colours. `pane_a` and `pane_b` are the accents of the two panes."""

    window: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    faint: str
    pane_a: str
    pane_b: str
    truth: str
    accent: str
    good: str
    warning: str
    trouble: str
    stage: str  # background of a preview


DARK = Colours(
    window="#14161a",
    surface="#1c1f25",
    raised="#272b33",
    line="#31363f",
    text="#eceef1",
    muted="#a0a7b2",
    faint="#6d7582",
    pane_a="#f5ad42",
    pane_b="#35c9cb",
    truth="#d5d9e0",
    accent="#6ea2ff",
    good="#5fc98a",
    warning="#f2b94b",
    trouble="#f47c74",
    stage="#0e1013",
)
LIGHT = Colours(
    window="#eef0f3",
    surface="#ffffff",
    raised="#f2f4f7",
    line="#d9dee5",
    text="#191d23",
    muted="#56606d",
    faint="#868f9b",
    pane_a="#a15508",
    pane_b="#087a84",
    truth="#3a424d",
    accent="#2463d6",
    good="#1c7f47",
    warning="#8f5b00",
    trouble="#bd2f27",
    stage="#dfe3e8",
)

_SHEET = Template("""
QMainWindow, QDialog { background: $window; }
QWidget { color: $text; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 5px 7px; }

#card { background: $surface; border: 1px solid $line; border-radius: ${radius}px; }
#header { background: $surface; border-bottom: 1px solid $line; }
QLabel { background: transparent; }
QLabel[kind="caption"] { color: $muted; }
QLabel[kind="title"] { font-weight: 600; }
QLabel[kind="muted"] { color: $muted; }
QLabel[pane="a"] { color: $pane_a; }
QLabel[pane="b"] { color: $pane_b; }

QMenuBar { background: $surface; color: $text; padding: 2px 6px; }
QMenuBar::item { padding: 4px 9px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $surface; border: 1px solid $line; padding: 5px; }
QMenu::item { padding: 5px 26px 5px 24px; border-radius: 5px; }
QMenu::item:selected { background: $raised; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; }

QPushButton, QToolButton, QComboBox, QDoubleSpinBox {
    background: $raised; border: 1px solid $line; border-radius: 6px; padding: 4px 10px; min-height: 20px;
}
QToolButton { padding: 4px 6px; }
QPushButton:hover, QToolButton:hover, QComboBox:hover, QDoubleSpinBox:hover { border-color: $faint; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QDoubleSpinBox:focus { border-color: $accent; }
QSlider:focus { border: 1px solid $accent; }
QPushButton:pressed, QToolButton:pressed { background: $line; }
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled, QDoubleSpinBox:disabled { color: $faint; }
QPushButton[kind="primary"] { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton[kind="primary"]:disabled { background: $raised; border-color: $line; color: $faint; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; padding: 3px 9px; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; color: $muted; }
QPushButton[kind="quiet"]:hover { color: $text; }
QPushButton[kind="quiet"]:focus { border-color: $accent; }
QToolButton:checked { background: $checked; border-color: $accent; color: $text; }
QToolButton:checked:focus { border: 2px solid $text; padding: 3px 5px; }
QToolButton[segment="first"] { border-top-right-radius: 0; border-bottom-right-radius: 0; }
QToolButton[segment="last"] { border-top-left-radius: 0; border-bottom-left-radius: 0; border-left: none; }
QToolButton[segment="last"]:checked, QToolButton[segment="last"]:focus { border-left: 1px solid $accent; }

QRadioButton { spacing: 8px; }
QRadioButton::indicator { width: 12px; height: 12px; border: 2px solid $muted; border-radius: 8px; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; background: $on_accent; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 12px; height: 12px; border: 2px solid $muted; border-radius: 4px; }
QCheckBox::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; background: $on_accent; }
QCheckBox::indicator:focus { border-color: $text; }
QRadioButton::indicator:focus { border-color: $text; }

QLineEdit { background: $raised; border: 1px solid $line; border-radius: 6px; padding: 4px 9px; min-height: 20px; }
QLineEdit:focus { border: 1px solid $accent; }
QTableView {
    background: transparent; border: none; outline: none;
    selection-background-color: $raised; selection-color: $text;
}
QTableView::item { padding: 3px 5px; }
QListWidget { background: $surface; border: 1px solid $line; border-radius: 8px; outline: none; padding: 4px; }
QListWidget:focus { border-color: $accent; }
QListWidget::item { padding: 6px 8px; border-radius: 5px; }
QListWidget::item:selected { background: $checked; color: $text; }
QHeaderView { background: transparent; }
QHeaderView::section {
    background: transparent; color: $muted; border: none; border-bottom: 1px solid $line; padding: 3px 6px;
}
QComboBox { padding-right: 24px; combobox-popup: 0; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: none; width: 0; height: 0; }
QComboBox QAbstractItemView {
    background: $surface; border: 1px solid $line; selection-background-color: $raised; selection-color: $text;
    outline: none; padding: 4px;
}
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 8px; border-radius: 5px; border: none; }
QComboBox QAbstractItemView::item:selected { background: $raised; color: $text; }
QDoubleSpinBox { padding: 4px 2px; }
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }

QSlider { border: 1px solid transparent; border-radius: 6px; min-height: 22px; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: $text; }

QSplitter::handle { background: transparent; }
QScrollBar:horizontal { background: transparent; height: 10px; border: none; }
QScrollBar::handle:horizontal { background: $line; border-radius: 5px; min-width: 24px; }
QScrollBar::add-line:horizontal, QScrollBar::sub-line:horizontal { width: 0; height: 0; }
QScrollBar::add-page:horizontal, QScrollBar::sub-page:horizontal { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; }
QScrollBar::handle:vertical { background: $line; border-radius: 5px; min-height: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QTextBrowser, QPlainTextEdit { background: $surface; border: none; }
QStatusBar { background: $surface; color: $muted; border-top: 1px solid $line; }
QStatusBar::item { border: none; }

#notice { background: $raised; border: 1px solid $line; border-radius: 8px; }
#notice[level="trouble"] { border-color: $trouble; }
#notice[level="warning"] { border-color: $warning; }
""")


_applied: Colours | None = None


def colours() -> Colours:
    """The palette in use."""
    if _applied is not None:  # every painting asks, and Qt's own palette answers slowly
        return _applied
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 128 else LIGHT


def pane_colour(pane: PaneId) -> QColor:
    """The accent of a pane in the theme in use."""
    used = colours()
    return QColor(used.pane_a if pane is PaneId.A else used.pane_b)


def model_colour(number: int) -> QColor:
    """The colour that a model has in the results of a calibration, in the theme in use."""
    return QColor((ON_DARK if colours() is DARK else ON_LIGHT)[number])


def video_colour(pane: PaneId) -> QColor:
    """The accent of a pane over a video."""
    return VIDEO_A if pane is PaneId.A else VIDEO_B


def apply(app: QApplication, mode: Theme) -> None:
    """Light or dark, as chosen or as in the system. Widgets get `QEvent.Type.PaletteChange`."""
    schemes = {Theme.LIGHT: Qt.ColorScheme.Light, Theme.DARK: Qt.ColorScheme.Dark, Theme.SYSTEM: Qt.ColorScheme.Unknown}
    app.styleHints().setColorScheme(schemes[mode])
    dark = mode is Theme.DARK or (mode is Theme.SYSTEM and app.styleHints().colorScheme() == Qt.ColorScheme.Dark)
    global _applied
    used = _applied = DARK if dark else LIGHT
    app.setStyle("Fusion")
    app.setPalette(_palette(used))
    accent, surface = QColor(used.accent), QColor(used.surface)
    checked = _mixed(accent, surface)
    on_accent = "#0c1420" if dark else "#ffffff"
    values = {**asdict(used), "radius": RADIUS, "checked": checked.name(), "on_accent": on_accent}
    app.setStyleSheet(_SHEET.substitute(values))


def figure_font(scale: float, weight: QFont.Weight = BOLD) -> QFont:
    """The application's font, `scale` times as large, with figures of equal width: changing numbers must not move."""
    font = QFont(QApplication.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setWeight(weight)
    if hasattr(font, "setFeature"):  # Qt 6.7
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _mixed(accent: QColor, ground: QColor) -> QColor:
    """A quarter of the accent over the background."""
    return QColor(
        (accent.red() + 3 * ground.red()) // 4,
        (accent.green() + 3 * ground.green()) // 4,
        (accent.blue() + 3 * ground.blue()) // 4,
    )


def _palette(used: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for part, colour in {
        role.Window: used.window,
        role.WindowText: used.text,
        role.Base: used.surface,
        role.AlternateBase: used.raised,
        role.Text: used.text,
        role.Button: used.raised,
        role.ButtonText: used.text,
        role.BrightText: used.trouble,
        role.Highlight: used.accent,
        role.HighlightedText: used.window,
        role.ToolTipBase: used.raised,
        role.ToolTipText: used.text,
        role.PlaceholderText: used.faint,
        role.Link: used.accent,
        role.Mid: used.line,
    }.items():
        palette.setColor(part, QColor(colour))
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, QColor(used.faint))
    return palette
