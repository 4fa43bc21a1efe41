"""A calibration of the virtual participant, with the same course, collector and observer as for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Literal

from gaze_demo.calibration.sample import FACE_MARGIN, CameraKey, Sample, SittingData
from gaze_demo.calibration.sitting import Sitting, Skipped, Timing
from gaze_demo.calibration.targets import USUAL_VALIDATION, PursuitPath, Target, layout_targets, validation_targets
from gaze_demo.camera.virtual import VirtualSource
from gaze_demo.intrinsics import Lens
from gaze_demo.participant.participant import desk_screen
from gaze_demo.pipeline import Pipeline, lens_for

TIMING = Timing(travel_s=0.1, settle_s=0.4)  # nobody watches the dot move, and a saccade takes a tenth of a second


@dataclass(frozen=True)
class VirtualSitting:
    """The virtual person of a sitting, and the wrong assumptions of the calibration.

    `lens`: the lens that the observer assumes, None for the true one. `lens_x_mm`: how far the camera is from the
    middle of the screen, which the mapping does not know.
    """

    points: int = 9
    validation: int = USUAL_VALIDATION
    pursuit: bool = False
    person: int = 0
    head: Literal["still", "moving"] = "still"
    seed: int = 0
    width: int = 640
    height: int = 480
    rate: float = 30.0
    lens: Lens | None = None
    lens_x_mm: float = 0.0


def record_virtual(
    options: VirtualSitting,
    *,
    targets: Sequence[Target] | None = None,
    on_sample: Callable[[Sample], None] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    margin: float = FACE_MARGIN,
) -> tuple[SittingData, list[Skipped]]:
    """A complete sitting, as fast as it can be computed.

    `targets` replace those of the layout. `on_sample` is called with each kept sample, `on_progress` with the number of
    finished targets and of all. `margin`: how far kept pictures reach beyond the face. Raises UserError for impossible
    settings.
    """
    believed = desk_screen()
    true = believed.with_lens(believed.lens_x_mm + options.lens_x_mm, believed.lens_y_mm)
    source = VirtualSource(
        person=options.person,
        head=options.head,
        seed=options.seed,
        width=options.width,
        height=options.height,
        rate=options.rate,
        screen=true,
        real_time=False,
    )
    fit: Sequence[Target] | PursuitPath = targets or layout_targets(options.points, believed, options.seed)
    if options.pursuit:
        fit = PursuitPath(believed)
    sitting = Sitting(fit, validation_targets(believed, options.seed, options.validation), TIMING, margin=margin)
    source.open()
    try:
        with Pipeline.on(source, lens=options.lens) as pipeline:
            _run(source, pipeline, sitting, on_sample, on_progress)
    finally:
        source.close()
    camera = CameraKey(
        name=source.name,
        width=options.width,
        height=options.height,
        hfov_deg=lens_for(source, options.lens).for_size(options.width, options.height).hfov_deg,
        distance_source="measured intrinsics" if options.lens is None else "given field of view",
    )
    created = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return SittingData(believed, camera, created, tuple(sitting.fixations), margin=margin), sitting.skipped


def _run(
    source: VirtualSource,
    pipeline: Pipeline,
    sitting: Sitting,
    on_sample: Callable[[Sample], None] | None,
    on_progress: Callable[[int, int], None] | None,
) -> None:
    told = done = 0
    dot = sitting.advance(0.0)
    while dot is not None:
        source.look_at_screen_px(dot.x_px, dot.y_px)
        frame = source.read()
        if dot.phase != "travel":  # eyes that are still moving are of no use
            sitting.add(pipeline.process(frame).observation)
        dot = sitting.advance(frame.time_s)
        if on_sample:
            for sample in (sample for fixation in sitting.fixations[told:] for sample in fixation.samples):
                on_sample(sample)
        told = len(sitting.fixations)
        if on_progress and sitting.steps_done != done:
            done = sitting.steps_done
            on_progress(done, sitting.steps)
