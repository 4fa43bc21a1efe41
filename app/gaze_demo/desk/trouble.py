"""The text of an error for the user."""

from __future__ import annotations

from gaze_demo.errors import UserError


def sentence(error: BaseException, what: str = "") -> str:
    """One sentence; a UserError already is one. `what` failed, in a few words."""
    if isinstance(error, UserError):
        return str(error)
    detail = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"{what or 'Something went wrong'}: {detail}. The log has the details (Help, Show log file)."
