"""The eyes that a run's configuration names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gaze_demo.errors import UserError
from gaze_training.config import FacesConfig
from gaze_training.data.outside_labels import calibrated_outside
from gaze_training.data.sample import Faces, leave_person_out, load_faces, split_people, without_people
from gaze_training.eyes import Eyes
from gaze_training.source import EyeSource, InMemory
from gaze_training.stream import ShardStream

# The same people are held out in every run, regardless of its seed, so that the errors of two runs can be compared
_SPLIT_SEED = 2017


@dataclass(frozen=True, eq=False)
class Dataset:
    """`validation`: people that are not in `train`, neither with labels nor without."""

    train: EyeSource
    validation: Eyes


def load_dataset(config: FacesConfig) -> Dataset:
    """Raises UserError if there are no faces, or too few people to hold out some."""
    if config.leave_out is not None and (config.validation or config.stream):
        raise UserError("data.leave_out names who is held out of data.folders: remove data.validation and data.stream.")
    if config.stream:
        return Dataset(_stream(config), Eyes.from_faces(_validation_of_stream(config)))
    if not config.folders:
        raise UserError("data.folders is empty: name folders of faces there, or with --data.")
    faces = _load(config.folders, config.limit)
    if config.validation:
        train, validation = faces, load_faces(config.validation)
    elif config.leave_out is not None:
        train, validation = leave_person_out(faces, config.leave_out)
    else:
        try:
            train, validation = split_people(faces, config.held_out, _SPLIT_SEED)
        except ValueError as error:
            raise UserError(
                "Too few people in data.folders to hold some out; name a data.validation folder."
            ) from error
    train = calibrated_outside(train) if config.calibrate_outside else train
    eyes = Eyes.from_faces(train, unreadable=config.unreadable)
    if config.unlabelled:
        others = without_people(_load(config.unlabelled, config.limit), validation)
        if not len(others):
            raise UserError("data.unlabelled has only faces of people who are held out; name other folders.")
        eyes = Eyes.concatenate(eyes, Eyes.from_faces(others, labelled=False))
    return Dataset(InMemory(eyes), Eyes.from_faces(validation))


def _stream(config: FacesConfig) -> ShardStream:
    if not config.stream_faces:
        raise UserError("data.stream_faces: say about how many faces the stream has, for the learning rate's schedule.")
    return ShardStream(config.stream, config.stream_faces, config.chunk, _SPLIT_SEED, config.calibrate_outside)


def _validation_of_stream(config: FacesConfig) -> Faces:
    if not config.validation:
        raise UserError("data.validation: name a folder of other people's faces; a stream cannot be split by person.")
    return load_faces(config.validation)


def _load(folders: tuple[Path, ...], limit: int) -> Faces:
    parts = [load_faces(folder) for folder in folders]
    return Faces.concatenate([part.select(slice(0, limit or None)) for part in parts])
