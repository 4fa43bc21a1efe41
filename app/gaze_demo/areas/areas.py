"""Areas of interest on the screen: named rectangles and polygons, read from a JSON file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gaze_demo.damaged import damaged
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array
from gaze_demo.whole_file import write_whole

MOST_NAME = 200  # letters of a name
_MOST_BYTES = 4 * 2**20
Px = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Size = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]


class Area(BaseModel):
    """A named area in px of the screen: `rect` is x, y of the top left corner, width and height; `polygon` its corners
    in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
    rect: tuple[Px, Px, Size, Size] | None = None
    polygon: Annotated[tuple[tuple[Px, Px], ...], Field(min_length=3, max_length=1000)] | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Area:
        if (self.rect is None) == (self.polygon is None):
            raise ValueError("an area has either 'rect' or 'polygon'")
        return self

    @property
    def corners(self) -> Array:
        """(n, 2) in px."""
        if self.rect is not None:
            x, y, width, height = self.rect
            return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
        return np.array(self.polygon, float)

    def holds(self, point_px: Array) -> NDArray[np.bool_]:
        """Which of the points (n, 2) lie in it, by the even-odd rule; NaN does not."""
        x, y = point_px[:, 0], point_px[:, 1]
        inside = np.zeros(len(point_px), bool)
        corners = self.corners
        with np.errstate(all="ignore"):
            for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
                if y0 != y1:
                    inside ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
        return inside


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    areas: Annotated[tuple[Area, ...], Field(min_length=1, max_length=1000)]


def load_areas(path: Path) -> tuple[Area, ...]:
    """The areas of a file such as `{"areas": [{"name": "logo", "rect": [100, 80, 300, 120]}]}`.

    Raises UserError, naming the field that is wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
    if len(content) > _MOST_BYTES:
        raise UserError(f"{path}: a file of areas has at most {_MOST_BYTES // 2**20} MB.")
    try:
        areas = _File.model_validate_json(content).areas
    except ValidationError as error:
        raise damaged(path, error, "a file of areas", "Draw the areas again with 'gaze-demo areas'.") from None
    names = [area.name for area in areas]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UserError(f"{path}: two areas are called {twice!r}.")
    return areas


def save_areas(path: Path, areas: Sequence[Area]) -> None:
    """Write the file that `load_areas` reads, one line an area. Raises UserError if that fails."""
    rows = ",\n".join(f"  {area.model_dump_json(exclude_none=True)}" for area in areas)
    write_whole(path, f'{{"areas": [\n{rows}\n]}}\n')
