import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.drawn_face import head_pose, observation
from gaze_demo.camera.film import Film
from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import Array, pitch_yaw_to_vector
from gaze_demo.observation import Observation, Reason
from gaze_demo.pipeline import GazeSample, ModelGaze
from gaze_demo.sink.annotated_video import AnnotatedVideo
from gaze_demo.sink.drawing import annotate, side_by_side
from gaze_demo.sink.sink import Run, opened


def grey(seen: Observation, width: int = 640, height: int = 480) -> Observation:
    return replace(seen, frame=replace(seen.frame, image=np.full((height, width, 3), 90, np.uint8)))


def estimate(gaze: Array | None) -> GazeEstimate:
    return GazeEstimate("tiny", gaze, gaze, gaze, None, Reason.NONE if gaze is not None else Reason.NO_FACE, 0.0, 1.0)


def drawn_middle(seen: Observation, yaw_deg: float) -> float:
    """x of the middle of what the gaze adds to the image, in px right of the eyes' middle."""
    with_gaze = annotate(seen, [estimate(pitch_yaw_to_vector(np.radians([0.0, yaw_deg])))]).astype(int)
    assert seen.pose is not None
    middle = seen.camera.project(seen.pose.eyes_middle_mm)
    rows = slice(int(middle[1]) - 20, int(middle[1]) + 20)
    changed = np.abs(with_gaze - annotate(seen, []))[rows].max(-1) > 20
    return float(np.nonzero(changed)[1].mean() - middle[0])


def frames_of(path: Path) -> list[np.ndarray]:
    video, frames = cv2.VideoCapture(str(path)), []
    while (answer := video.read())[0]:
        frames.append(answer[1])
    return frames


def test_the_image_is_not_mirrored_yaw_plus_points_to_its_left() -> None:
    seen = grey(observation())
    assert drawn_middle(seen, 30.0) < -10
    assert drawn_middle(seen, -30.0) > 10


def test_the_frame_itself_is_left_as_it_was() -> None:
    seen = grey(observation(head_pose(10, 20, 5)))
    annotate(seen, [estimate(np.array([0.0, 0.0, -1.0]))])
    assert (seen.frame.image == 90).all()


def test_a_frame_without_a_face_tells_the_reason_and_no_gaze() -> None:
    nobody = replace(grey(observation()), landmarks=None, pose=None, left=None, right=None, reason=Reason.NO_FACE)
    image = annotate(nobody, [estimate(None)])
    assert (image[:60] != 90).any()
    assert (image[60:] == 90).all()


@pytest.mark.parametrize("at_mm", [(0, 0, 600), (-90, -60, 450), (90, -60, 450), (0, -60, 450), (0, 0, 150)])
def test_the_legend_covers_nothing_of_the_face_wherever_it_is(at_mm: tuple[float, float, float]) -> None:
    seen = grey(observation(head_pose(at_mm=at_mm)))
    none = [estimate(None)] * 2
    changed = (annotate(seen, none) != 90).any(-1)
    assert changed.any() == (at_mm[2] > 200)  # a face that fills the picture leaves no room
    assert seen.landmarks is not None
    x0, y0, x1, y1 = (max(round(float(side)), 0) for side in seen.landmarks.box_px)
    assert not changed[y0:y1, x0:x1].any()


@pytest.mark.parametrize(("models", "shape"), [(1, (480, 640)), (2, (480, 1280)), (3, (960, 1280)), (0, (480, 640))])
def test_side_by_side_each_model_has_its_own_picture(models: int, shape: tuple[int, int]) -> None:
    seen = grey(observation())
    gaze = pitch_yaw_to_vector(np.radians([0.0, 30.0]))
    image = side_by_side(seen, [estimate(gaze), *[estimate(None)] * 2][:models])
    assert image.shape[:2] == shape
    if models == 2:
        arrow = (image[200:300] != 90).any((0, 2))
        assert arrow[:640].any()
        assert not arrow[640:].any()


@pytest.mark.parametrize("ending", [".mp4", ".mkv"])
def test_frames_of_any_size_go_into_one_video(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"annotated{ending}"
    with opened(AnnotatedVideo(path), Run(frame_rate=25.0)) as sink:
        for size in ((641, 481), (300, 600), (1280, 960)):
            seen = grey(observation(), *size)
            sink.write(GazeSample.of(seen, [ModelGaze(estimate(np.array([0.0, 0.0, -1.0])))]))
    frames = frames_of(path)
    assert [image.shape for image in frames] == [(480, 640, 3)] * 3
    assert frames[1][240, :150].mean() < 20  # bars beside a narrow image
    assert frames[1][240, 320].mean() > 50


def times_of(path: Path) -> list[float]:
    film, times = Film(path), []
    while film.grab():
        times.append(film.time_s)
    film.close()
    return times


# Times of the frames, and those of the video's frames at a nominal 10 a second.
@pytest.mark.parametrize(
    ("times_s", "expected_s"),
    [
        pytest.param([5.0, 5.1, 5.2], [0, 0.1, 0.2], id="at the video's rate"),
        pytest.param([5.0, 5.3, 5.6], [0, 0.3, 0.6], id="a slow model"),
        pytest.param([0.0, 0.02, 0.04, 0.1, 0.16], [0, 0.02, 0.04, 0.1, 0.16], id="a rate that varies"),
        pytest.param([0.0, 0.0, 0.0], [0, 0.1, 0.2], id="photographs"),
        pytest.param([5.0, 500.0, 500.3], [0, 0.1, 0.4], id="a camera that was away"),
        pytest.param([5.0, 1.0, 1.1], [0, 0.1, 0.2], id="back in time"),
    ],
)
@pytest.mark.parametrize("ending", [".mp4", ".mkv"])
def test_the_video_keeps_the_time_of_what_it_shows(
    tmp_path: Path, times_s: list[float], expected_s: list[float], ending: str
) -> None:
    seen = grey(observation(), 64, 48)
    with opened(AnnotatedVideo(tmp_path / f"a{ending}"), Run(frame_rate=10.0)) as sink:
        for time_s in times_s:
            sink.write(GazeSample.of(replace(seen, frame=replace(seen.frame, time_s=time_s))))
    assert times_of(tmp_path / f"a{ending}") == pytest.approx(expected_s, abs=0.002)


@pytest.mark.parametrize("ending", [".mp4", ".mkv"])
def test_a_program_that_is_killed_leaves_a_video_that_plays(tmp_path: Path, ending: str) -> None:
    code = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
import numpy as np
from app.drawn_face import observation
from gaze_demo.pipeline import GazeSample
from gaze_demo.sink.annotated_video import AnnotatedVideo
from gaze_demo.sink.sink import Run, opened
seen = observation()
sink = AnnotatedVideo(Path({str(tmp_path / f"a{ending}")!r}))
sink.open(Run(frame_rate=30.0))
for i in range(60):
    image = np.random.default_rng(i).integers(0, 255, (48, 64, 3), np.uint8)
    sink.write(GazeSample.of(replace(seen, frame=replace(seen.frame, image=image, time_s=i / 30))))
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    assert [path.name for path in tmp_path.iterdir()] == [f"a.part{ending}"]
    assert len(times_of(tmp_path / f"a.part{ending}")) > 25


@pytest.mark.skipif(sys.platform != "linux", reason="needs limits of file size")
def test_a_full_disk_is_one_sentence_and_keeps_the_old_video(tmp_path: Path) -> None:
    old, path = b"what was there before", tmp_path / "a.mp4"
    path.write_bytes(old)
    code = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
import numpy as np
from app.drawn_face import observation
from gaze_demo.camera.film import Film
from gaze_demo.errors import UserError
from gaze_demo.pipeline import GazeSample
from gaze_demo.sink.annotated_video import AnnotatedVideo
from gaze_demo.sink.sink import Run, opened
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
seen = observation()
try:
    with opened(AnnotatedVideo(Path({str(path)!r})), Run(frame_rate=30.0)) as sink:
        for i in range(200):
            image = np.random.default_rng(i).integers(0, 255, (48, 64, 3), np.uint8)
            sink.write(GazeSample.of(replace(seen, frame=replace(seen.frame, image=image, time_s=i / 30))))
except UserError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == (
        f"{path} cannot be written: File too large. What was recorded until then is in a.part.mp4; "
        "a.mp4 is as it was.\n"
    )
    assert done.stderr == ""
    assert path.read_bytes() == old
    assert len(times_of(tmp_path / "a.part.mp4")) > 5


@pytest.mark.fault("an annotated film is to go where nothing can be written", "one sentence at once")
@pytest.mark.parametrize(("name", "named"), [("a.gif", "mp4"), ("nowhere/a.mp4", "nowhere")])
def test_a_video_that_cannot_be_written_is_refused_at_once(tmp_path: Path, name: str, named: str) -> None:
    with pytest.raises(UserError, match=named):
        AnnotatedVideo(tmp_path / name)


def test_without_a_frame_there_is_no_video(tmp_path: Path) -> None:
    with opened(AnnotatedVideo(tmp_path / "a.mp4")):
        pass
    assert not (tmp_path / "a.mp4").exists()
