"""The renderers of training faces by name: the one place that lists them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Renderer:
    """One renderer; its module is imported when it is used, since that takes seconds for some.

    `number` stands for it in files (`Faces.renderer`) and never changes. `make`: "module:function"; the function makes
    a `Render` from a `DataConfig`. `source`: what `--source` has to name, or "" if the renderer reads no files.
    `options`: the fields of `DataConfig` that only this renderer uses.
    """

    number: int
    make: str
    source: str = ""
    options: frozenset[str] = frozenset()


RENDERERS = {
    "procedural": Renderer(0, "gaze_training.data.procedural:procedural_renderer"),
    "photo": Renderer(
        1,
        "gaze_training.data.photo:photo_renderer",
        "a folder of photographs",
        frozenset({"own_eyes", "turned_eyes", "build_spread", "people"}),
    ),
    "head": Renderer(2, "gaze_training.data.head:head_renderer", "the ICT model's file"),
}

REAL = 3  # the number of photographs of real people, which are read by a reader and not rendered


def renderer_name(number: int) -> str:
    """The name behind a number in `Faces.renderer`."""
    return {REAL: "real", **{renderer.number: name for name, renderer in RENDERERS.items()}}[number]
