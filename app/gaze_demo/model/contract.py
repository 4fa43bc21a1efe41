"""The contract of a gaze model: the inputs of an ONNX file and the meaning of its outputs.

A contract is JSON, either in the ONNX metadata under `gaze_demo.contract` or in `NAME.json` beside `NAME.onnx`. Four
forms of input cover the public models: `normalised_eyes` (MPIIGaze's family, and this project's own),
`level_eyes` (Open Model Zoo), `normalised_face` (ETH-XGaze, MPIIFaceGaze) and `face_box` (L2CS, MobileGaze).

Angles are named in this project's signs (see `gaze_demo.geometry`): pitch + is up, yaw + is towards the left of the
unmirrored image, roll + leans the head clockwise there. A `-` before a name says that the model uses the opposite sign.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from gaze_demo.errors import UserError
from gaze_demo.normalisation.normalise import DISTANCE_MM, FOCAL_PX, WIDTH_PX, CropGeometry

METADATA_KEY = "gaze_demo.contract"
MAX_BYTES = 256 * 1024

GazeAngle = Literal["pitch", "yaw", "-pitch", "-yaw"]
HeadAngle = Literal["pitch", "yaw", "roll", "-pitch", "-yaw", "-roll", "zero"]
FaceCentre = Literal["eyes", "eyes_and_nose", "eyes_and_mouth"]
Axis = Literal["x", "y", "z", "-x", "-y", "-z"]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=4000)]
Side = Annotated[int, Field(ge=8, le=1024)]
Channels = Annotated[tuple[float, ...], Field(min_length=1, max_length=3)]

# The frame of an angle or a vector. `normalised`: the virtual camera of the crop, which looks at its centre without the
# head's roll. `level`: the camera frame turned about its z axis until the line of the eyes is level. `sight`: turned
# until its z axis runs through the face's centre, roll kept (Gaze360). `camera`: as it is.
FrameName = Literal["normalised", "level", "sight", "camera"]


class ContractError(UserError):
    """A contract is missing, unreadable, or does not fit its model; the sentence names the field."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Pixels(_Part):
    """How a crop becomes a tensor.

    Each channel's 0..255 is mapped linearly onto `value_range`, then `mean` is subtracted and the result is divided by
    `std`, one number for all channels or one for each in the order of `colour`. `equalise` equalises the histogram of
    the brightness first.
    """

    width: Side
    height: Side
    colour: Literal["grey", "rgb", "bgr"]
    layout: Literal["nchw", "nhwc"] = "nchw"
    value_range: tuple[float, float] = (0.0, 255.0)
    mean: Channels = (0.0,)
    std: Channels = (1.0,)
    equalise: bool = False

    @property
    def channels(self) -> int:
        return 1 if self.colour == "grey" else 3

    @model_validator(mode="after")
    def _one_number_a_channel(self) -> Pixels:
        for field in ("mean", "std"):
            if len(getattr(self, field)) not in (1, self.channels):
                raise ValueError(f"'{field}' needs one number, or one for each of {self.channels} channels")
        if any(value <= 0 for value in self.std):
            raise ValueError("'std' must be above zero")
        return self


class HeadPoseInput(_Part):
    """A tensor [N, len(components)] with the angles of the face's direction."""

    tensor: Name
    components: Annotated[tuple[HeadAngle, ...], Field(min_length=1, max_length=3)]
    unit: Literal["rad", "deg"] = "rad"
    frame: FrameName = "normalised"


class EyeRows(_Part):
    """One tensor holds one eye per row, the person's left eye first; if its batch is 1 the model runs twice."""

    arrangement: Literal["rows"] = "rows"
    tensor: Name


class EyePair(_Part):
    """Two tensors hold both eyes at once and the model gives one gaze; `left` is the person's own left eye.

    The gaze and the head pose are those of the middle between the eyes, never mirrored.
    """

    arrangement: Literal["pair"] = "pair"
    left: Name
    right: Name


Eyes = Annotated[EyeRows | EyePair, Field(discriminator="arrangement")]


class NormalisedEyes(_Part):
    """Eye crops of the virtual camera of Zhang 2018. `focal_px` None: 960 px for a crop of 60 px width, and in
    proportion for others."""

    form: Literal["normalised_eyes"] = "normalised_eyes"
    pixels: Pixels
    eyes: Eyes
    mirror_right: bool = True
    focal_px: Annotated[float, Field(gt=0, le=20000)] | None = None
    distance_mm: Annotated[float, Field(gt=0, le=5000)] = DISTANCE_MM
    head_pose: HeadPoseInput | None = None

    @property
    def geometry(self) -> CropGeometry:
        focal = self.focal_px or FOCAL_PX * self.pixels.width / WIDTH_PX
        return CropGeometry(self.pixels.width, self.pixels.height, focal, self.distance_mm)


class LevelEyes(_Part):
    """Crops centred between the corners of each eye, `widths` eye widths wide, with the line of the eyes level."""

    form: Literal["level_eyes"] = "level_eyes"
    pixels: Pixels
    eyes: Eyes
    mirror_right: bool = False
    widths: Annotated[float, Field(gt=0.5, le=6)] = 1.6
    head_pose: HeadPoseInput | None = None


class NormalisedFace(_Part):
    """A face crop of the virtual camera, which looks at the mean of the named points of the head model.

    `eyes_and_nose`: midpoint of the eyes' middle and the nose's lower rim (ETH-XGaze). `eyes_and_mouth`: mean of the
    corners of eyes and mouth (MPIIFaceGaze).
    """

    form: Literal["normalised_face"] = "normalised_face"
    pixels: Pixels
    tensor: Name
    focal_px: Annotated[float, Field(gt=0, le=20000)]
    distance_mm: Annotated[float, Field(gt=0, le=5000)]
    centre: FaceCentre = "eyes_and_nose"
    head_pose: HeadPoseInput | None = None

    @property
    def geometry(self) -> CropGeometry:
        return CropGeometry(self.pixels.width, self.pixels.height, self.focal_px, self.distance_mm)


class FaceBox(_Part):
    """The upright box around the face's landmarks, `scale` times as large, stretched to the crop or kept square."""

    form: Literal["face_box"] = "face_box"
    pixels: Pixels
    tensor: Name
    scale: Annotated[float, Field(gt=0.3, le=4)] = 1.0
    square: bool = False
    head_pose: HeadPoseInput | None = None


ConditionName = Literal["iris_visible", "openness", "blur", "glare", "cover"]


class ConditionOutput(_Part):
    """A tensor [N, len(components)], one row per eye: what the network reports about its crop, each value from 0 to 1.

    `iris_visible`: share of the iris disc that can be seen. `openness`: 0 closed, 1 wide open. `blur`: sigma of the
    blur in px of a crop of 60 x 36 px, divided by 4. `glare`: share of the visible eyeball that is covered by glare.
    `cover`: share of the eye region that is hidden by something other than the lids.
    """

    tensor: Name
    components: Annotated[tuple[ConditionName, ...], Field(min_length=1, max_length=5)]

    @model_validator(mode="after")
    def _each_once(self) -> ConditionOutput:
        if len(set(self.components)) != len(self.components):
            raise ValueError("'components' must name each condition once")
        return self


class CovarianceOutput(_Part):
    """A tensor [N, 3]: variance of pitch, variance of yaw and their covariance in rad^2.

    They belong to the gaze's own frame, mirrored if the crop was mirrored, with the signs of `gaze_demo.geometry`.
    """

    tensor: Name


class _Answer(_Part):
    """What every form of output can have in addition to the gaze."""

    embedding: Name | None = None
    condition: ConditionOutput | None = None
    covariance: CovarianceOutput | None = None


class AnglesOutput(_Answer):
    """A tensor [N, 2] of the named angles."""

    form: Literal["angles"] = "angles"
    tensor: Name
    components: tuple[GazeAngle, GazeAngle] = ("pitch", "yaw")
    unit: Literal["rad", "deg"] = "rad"
    frame: FrameName = "normalised"

    @model_validator(mode="after")
    def _both_angles(self) -> AnglesOutput:
        if {name.strip("-") for name in self.components} != {"pitch", "yaw"}:
            raise ValueError("'components' must name pitch and yaw once each")
        return self


class VectorOutput(_Answer):
    """A tensor [N, 3], of any length but zero; `axes` names the camera's axis that each number counts along."""

    form: Literal["vector"] = "vector"
    tensor: Name
    axes: tuple[Axis, Axis, Axis] = ("x", "y", "z")
    frame: FrameName = "normalised"

    @model_validator(mode="after")
    def _each_axis(self) -> VectorOutput:
        if {name.strip("-") for name in self.axes} != {"x", "y", "z"}:
            raise ValueError("'axes' must name x, y and z once each")
        return self


class BinnedOutput(_Answer):
    """Two tensors [N, bins] of scores; the angle is the softmax's mean of `offset_deg + width_deg * bin`.

    Hopenet's form (Ruiz 2018) as L2CS-Net uses it: 90 bins of 4 deg from -180 for Gaze360, 28 of 3 from -42 for
    MPIIFaceGaze.
    """

    form: Literal["binned"] = "binned"
    pitch: Name
    yaw: Name
    bins: Annotated[int, Field(ge=2, le=1000)]
    width_deg: Annotated[float, Field(gt=0, le=180)]
    offset_deg: Annotated[float, Field(ge=-360, le=360)]
    signs: tuple[GazeAngle, GazeAngle] = ("pitch", "yaw")
    frame: FrameName = "sight"

    @model_validator(mode="after")
    def _pitch_then_yaw(self) -> BinnedOutput:
        if tuple(name.strip("-") for name in self.signs) != ("pitch", "yaw"):
            raise ValueError("'signs' must be pitch or -pitch, then yaw or -yaw")
        return self


Input = Annotated[NormalisedEyes | LevelEyes | NormalisedFace | FaceBox, Field(discriminator="form")]
Output = Annotated[AnglesOutput | VectorOutput | BinnedOutput, Field(discriminator="form")]


class Training(_Part):
    """Where the weights come from, for people."""

    summary: Text = ""
    data: tuple[Text, ...] = ()
    scheme: Text = ""
    teacher: Text = ""


class About(_Part):
    """Information about a model for people. `macs` counts multiply-accumulates of one frame, both eyes."""

    version: Literal[1] = 1
    title: Annotated[str, Field(max_length=200)] = ""
    role: Literal["teacher", "student", "other"] = "other"
    parameters: Annotated[int, Field(ge=0, le=10**15)] | None = None
    macs: Annotated[int, Field(ge=0, le=10**15)] | None = None
    training: Training = Training()
    licence: Annotated[str, Field(min_length=1, max_length=200)]
    attribution: Text = ""


class Contract(About):
    """All that the app knows about a model in one ONNX file."""

    input: Input
    output: Output

    @model_validator(mode="after")
    def _conditions_are_of_eyes(self) -> Contract:
        form = self.input
        rows = isinstance(form, (NormalisedEyes, LevelEyes)) and isinstance(form.eyes, EyeRows)
        if self.output.condition and not rows:
            raise ValueError("'output.condition' needs one row an eye: 'input.eyes.arrangement' must be 'rows'")
        return self

    @model_validator(mode="after")
    def _frames_exist(self) -> Contract:
        normalised = self.input.form in ("normalised_eyes", "normalised_face")
        head = self.input.head_pose
        if self.output.frame == "normalised" and not normalised:
            raise ValueError(f"'output.frame' cannot be 'normalised' where 'input.form' is '{self.input.form}'")
        if head and head.frame == "normalised" and not normalised:
            raise ValueError(
                f"'input.head_pose.frame' cannot be 'normalised' where 'input.form' is '{self.input.form}'"
            )
        return self

    def to_json(self) -> str:
        return self.model_dump_json(indent=2)


_TAGS = {
    *("normalised_eyes", "level_eyes", "normalised_face", "face_box"),
    *("angles", "vector", "binned", "rows", "pair"),
}


def parse_contract(text: str | bytes, where: str) -> Contract:
    """The contract in `text`; raises ContractError, one sentence with `where` and the first wrong field."""
    if len(text) > MAX_BYTES:
        raise ContractError(f"{where}: a contract has at most {MAX_BYTES // 1024} KB of JSON.")
    try:
        return Contract.model_validate_json(text)
    except ValidationError as error:
        raise ContractError(f"{where}: {sentence_of(error)}.") from None


def sentence_of(error: ValidationError) -> str:
    """What is wrong with the first field that is, without the full stop."""
    return _sentence(error.errors(include_url=False)[0])


def _sentence(error: ErrorDetails) -> str:
    """The wrong field and what is wrong with it, without the full stop."""
    path = [str(part) for part in error["loc"] if part not in _TAGS]
    reason = error["msg"].removeprefix("Value error, ").rstrip(".")
    if error["type"].startswith("union_tag"):  # the field that distinguishes the forms
        path.append(error["ctx"]["discriminator"].strip("'"))
        expected = error["ctx"].get("expected_tags")
        reason = f"must be one of {expected}" if expected else "is missing, it tells the forms apart"
    return f"field {'.'.join(path)!r}: {reason}" if path else reason
