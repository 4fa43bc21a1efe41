#!/usr/bin/env bash
# MediaPipe 0.10.31, FaceLandmarker (Tasks, Python, CPU): the depth z of a rolled face is stretched by the picture's
# shape. The documentation says that the magnitude of z has roughly the scale of x. In a picture twice as wide as high,
# the z of a face rolled by 30 degrees is 1.3 times too large, although x and y are right, and although the same face has
# the right depth in a square picture. The factor is sqrt(cos(roll)^2 + (sin(roll) * width / height)^2): the length of
# the cut-out's x axis in normalised coordinates, in which a px down is a longer step than a px to the right.
# What follows: a head pose that is fitted to the landmarks in space nods when the head is rolled.
# Remedy: divide z by that factor.
#
# Usage: findings/landmarker_depth_of_a_rolled_face.sh   (exit status 0: the behaviour is as described)
# Output seen:
#   picture 640 x 640, rolled by   3: depth by height of the face 0.63, stretched 1.00 times, by the formula 1.00
#   picture 640 x 640, rolled by  18: depth by height of the face 0.65, stretched 1.03 times, by the formula 1.00
#   picture 640 x 640, rolled by  33: depth by height of the face 0.66, stretched 1.05 times, by the formula 1.00
#   picture 640 x 640, rolled by -27: depth by height of the face 0.64, stretched 1.03 times, by the formula 1.00
#   picture 1280 x 640, rolled by   3: depth by height of the face 0.64, stretched 1.00 times, by the formula 1.00
#   picture 1280 x 640, rolled by  18: depth by height of the face 0.70, stretched 1.09 times, by the formula 1.13
#   picture 1280 x 640, rolled by  33: depth by height of the face 0.91, stretched 1.42 times, by the formula 1.37
#   picture 1280 x 640, rolled by -27: depth by height of the face 0.82, stretched 1.27 times, by the formula 1.27
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
task=${TASK:-$here/../assets/face_landmarker.task}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet mediapipe==0.10.31 numpy==2.2.6 opencv-python-headless==4.12.0.88 scikit-image==0.25.2
cat > "$work/run.py" <<'PY'
import sys

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from skimage import data

options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=sys.argv[1]))
landmarker = vision.FaceLandmarker.create_from_options(options)
photo = data.astronaut()[:200, 120:330]  # the face of Eileen Collins
wrong = 0
for width, height in ((640, 640), (1280, 640)):
    upright = None
    for turned in (0, 15, 30, -30):
        warp = cv2.getRotationMatrix2D((103, 115), -turned, 3.0)
        warp[:, 2] += np.array([width / 2, height / 2]) - (103, 115)
        picture = cv2.warpAffine(photo, warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        found = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=picture)).face_landmarks
        points = np.array([(p.x * width, p.y * height, p.z * width) for p in found[0]])
        eyes = points[263, :2] - points[33, :2]
        roll = np.arctan2(eyes[1], eyes[0])
        depth = np.ptp(points[:, 2]) / np.linalg.norm(points[10, :2] - points[152, :2])
        factor = np.hypot(np.cos(roll), np.sin(roll) * width / height)
        upright = upright or depth / factor
        print(
            f"picture {width} x {height}, rolled by {np.degrees(roll):3.0f}: depth by height of the face {depth:.2f}, "
            f"stretched {depth / upright:.2f} times, by the formula {factor:.2f}"
        )
        wrong += abs(depth / upright / factor - 1) > 0.1
    wrong += width > height and depth / upright < 1.15  # else it is mended
landmarker.close()
sys.exit(1 if wrong else 0)
PY
"$work/venv/bin/python" "$work/run.py" "$task" 2> "$work/log" || { tail -5 "$work/log"; echo "not as described any more"; exit 1; }
