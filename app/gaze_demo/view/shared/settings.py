"""The settings that the window saves for the next start."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings


class Settings:
    """Typed access to QSettings; an invalid value is replaced by its default. `frozen` settings are never written,
    because a measurement must not change the user's settings.
    """

    def __init__(self, store: QSettings | None = None, *, frozen: bool = False) -> None:
        self._store = store if store is not None else QSettings("gaze-demo", "gaze-demo")
        self._frozen = frozen

    def text(self, key: str, default: str = "") -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def number(self, key: str, default: float, low: float, high: float) -> float:
        try:
            value = float(self.text(key, str(default)))
        except ValueError:
            return default
        return value if low <= value <= high else default

    def flag(self, key: str, default: bool) -> bool:
        return {"yes": True, "no": False}.get(self.text(key), default)

    def data(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep(self, key: str, value: str | float | bool | QByteArray) -> None:
        if self._frozen:
            return
        if isinstance(value, bool):
            value = "yes" if value else "no"
        elif not isinstance(value, (str, QByteArray)):
            value = repr(value)
        self._store.setValue(key, value)
