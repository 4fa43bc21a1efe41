"""What to say of a JSON file that is not what it should be."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from gaze_demo.errors import UserError


def damaged(path: Path, error: ValidationError, what: str, remedy: str) -> UserError:
    """The error for a file of the kind `what`, "a calibration profile" for instance: the first field that is wrong and
    what is wrong with it, then `remedy`, a whole sentence."""
    first = error.errors(include_url=False)[0]
    field = ".".join(map(str, first["loc"]))
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    if first["type"] == "json_invalid":
        detail = ""
    elif field == "version":
        return UserError(f"{path} was written by another version of gaze-demo. {remedy}")
    else:
        detail = f" (field {field!r}: {message})" if field else f" ({message})"
    return UserError(f"{path} is damaged or not {what}{detail}. {remedy}")
