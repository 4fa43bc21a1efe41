"""The figures of a card, measured on the shipped ONNX file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np

from gaze_demo.machine import machine
from gaze_demo.model.registry import find_model
from gaze_training.angles import angle_between
from gaze_training.card import AxisFigures, Card, ResponseFigures, ZeroFigures
from gaze_training.data.sample import Faces, load_faces
from gaze_training.evaluate.lens_faces import load_lens_faces
from gaze_training.evaluate.points import load_point_eyes, point_test
from gaze_training.evaluate.predict import Predict
from gaze_training.evaluate.response import AxisResponse, response_test
from gaze_training.evaluate.zero import heldout_mask, zero_test
from gaze_training.export import INT8
from gaze_training.eyes import Eyes
from gaze_training.onnx_run import onnx_predictor, run_onnx


def measure_card(
    path: Path,
    times_ms: Mapping[Path, float],
    *,
    portraits: Path | None = None,
    points: Path | None = None,
    response: Sequence[Path] = (),
    cache: Path = Path("runs/cache"),
) -> Card:
    """Each test for which data is named: a folder of portraits, a file of webcam eyes, folders of labelled faces.

    `times_ms`: the latency of this model and of those measured beside it, by their files. An 8 bit
    file's loss is measured on the faces of `response` if the version that it was quantised from is beside it. Raises
    UserError if the file is no model of this project, or data cannot be read.
    """
    entry = find_model(str(path))
    contract = entry.contract
    predict = onnx_predictor(entry)
    faces = Faces.concatenate([load_faces(folder) for folder in response]) if response else None
    full = path.with_name(path.name.replace(f"{INT8}.onnx", ".onnx"))
    others = {file: value for file, value in times_ms.items() if file != path}
    stems = [file.stem for file in (path, *others)]
    zero, skin = _zero(portraits, cache, predict) if portraits else ((), ())
    return Card(
        name=entry.name,
        title=contract.title,
        role=contract.role,
        licence=contract.licence,
        attribution=contract.attribution,
        training=contract.training,
        parameters=contract.parameters,
        macs=contract.macs,
        size_bytes=entry.size_bytes,
        measured=date.today().isoformat(),
        machine=machine(),
        latency_ms=round(times_ms[path], 4),
        beside_ms={
            file.stem if stems.count(file.stem) == 1 else str(file): round(value, 4) for file, value in others.items()
        },
        zero=zero,
        skin=skin,
        points_px=_points(points, predict) if points else {},
        response=_response(faces, predict) if faces is not None else (),
        int8_loss_deg=_apart_deg(full, path, faces) if faces is not None and full != path and full.is_file() else None,
    )


def _points(file: Path, predict: Predict) -> dict[str, float]:
    return {name: round(value, 3) for name, value in asdict(point_test(load_point_eyes(file), predict)).items()}


def _zero(portraits: Path, cache: Path, predict: Predict) -> tuple[tuple[ZeroFigures, ...], tuple[ZeroFigures, ...]]:
    """By group and by skin."""
    faces = load_lens_faces(portraits, cache)
    result = zero_test(faces.where(heldout_mask(faces) & faces.open), predict)
    groups, tones = (
        tuple(ZeroFigures(group=r.group, people=r.people, error_deg=round(r.error, 3)) for r in rows)
        for rows in (result.groups, result.tones)
    )
    return groups, tones


def _response(faces: Faces, predict: Predict) -> tuple[ResponseFigures, ...]:
    rows = response_test(faces, predict)
    return tuple(
        ResponseFigures(
            renderer=row.renderer,
            faces=row.faces,
            error_deg=round(row.error, 3),
            pitch=_axis(row.pitch),
            yaw=_axis(row.yaw),
        )
        for row in rows
        if np.isfinite(row.error)  # without a face with both eyes there is no error of a face's gaze
    )


def _axis(axis: AxisResponse) -> AxisFigures:
    curve = tuple((round(true, 2), round(answer, 2)) for true, answer in axis.curve)
    return AxisFigures(gain=round(axis.gain, 3), per_head=round(axis.per_head, 3), r2=round(axis.r2, 3), curve=curve)


def _apart_deg(full: Path, small: Path, faces: Faces) -> float:
    eyes = Eyes.from_faces(faces)
    angles = angle_between(run_onnx(full, eyes), run_onnx(small, eyes))
    return round(float(np.degrees(float(angles.mean()))), 3)
