"""One colour for each model, the same in every table and plot of its results."""

from __future__ import annotations

# The first two are those of the window's panes. Each is readable on the surface of its theme.
ON_LIGHT = ("#a15508", "#087a84", "#5a5fc4", "#b02a63", "#3c7a1f", "#8043a6", "#7a6200", "#4d5a6b")
ON_DARK = ("#f5ad42", "#35c9cb", "#9aa0ff", "#ff8ab4", "#8fd16a", "#cf9cf2", "#ddc95c", "#b4bfcc")


def css() -> tuple[str, str]:
    """The colours as CSS variables `--m0`, `--m1`, ...: on light and on dark ground."""
    light, dark = (
        " ".join(f"--m{i}: {colour};" for i, colour in enumerate(colours)) for colours in (ON_LIGHT, ON_DARK)
    )
    return light, dark
