#!/usr/bin/env bash
# PyAV 18.1.0 (its wheel's SVT-AV1 4.1): who writes an AV1 video as root, which is the usual user of a container, gets
# real-time priority for good. Opening the encoder moves the calling thread from SCHED_OTHER to SCHED_FIFO with
# priority 99, the highest that there is. It stays so after the encoder is closed, and each thread and each process that
# is begun afterwards inherits it. As an ordinary user nothing changes. No option asks for it and no message tells of it;
# the only trace is, now and then, a log line "Failed to set thread priority: Invalid argument".
# What follows: a recorder that writes AV1 and computes in the same process takes all processor time that it can use from
# capture, display server and everything else; measured frame rates and delays then hold for that priority only. In a
# test run of 2,400 tests, one early AV1 film made all later tests starve the X server that they draw on.
# Remedy: encode AV1 in a process of its own, or put the policy back:
# os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0)). libx264, libx265 and libvpx-vp9 leave it alone.
#
# Usage, as root: findings/svtav1_makes_the_process_real_time.sh   (exit status 0: the behaviour is as described)
# Output seen:
#   as root, libx264:         before OTHER 0, after OTHER 0, thread begun after OTHER 0, process begun after OTHER 0
#   as root, libx265:         before OTHER 0, after OTHER 0, thread begun after OTHER 0, process begun after OTHER 0
#   as root, libvpx-vp9:      before OTHER 0, after OTHER 0, thread begun after OTHER 0, process begun after OTHER 0
#   as root, libsvtav1:       before OTHER 0, after FIFO 99, thread begun after FIFO 99, process begun after FIFO 99
#   as a user, libsvtav1:     before OTHER 0, after OTHER 0, thread begun after OTHER 0, process begun after OTHER 0
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "This behaviour is that of root: run it in a container, or as root."; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet av==18.1.0 numpy==2.2.6
cat > "$work/run.py" <<'PY'
import io
import multiprocessing
import os
import sys
import threading

import av
import numpy as np

NAMES = {os.SCHED_OTHER: "OTHER", os.SCHED_FIFO: "FIFO", os.SCHED_RR: "RR"}


def policy():
    return f"{NAMES.get(os.sched_getscheduler(0), '?')} {os.sched_getparam(0).sched_priority}"


def encode(codec):
    with av.open(io.BytesIO(), "w", format="matroska") as container:
        stream = container.add_stream(codec, rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for level in range(0, 100, 20):
            picture = np.full((240, 320, 3), level, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def child_policy():
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, policy().encode())
        os._exit(0)
    os.wait()
    return os.read(read, 100).decode()


def look(codec, user, answer):
    encode("libx264")  # loads all that is loaded late, which another user may not be able to read
    if user:
        os.setgid(user)
        os.setuid(user)
    before = policy()
    encode(codec)
    after, in_thread = policy(), []
    thread = threading.Thread(target=lambda: in_thread.append(policy()))
    thread.start()
    thread.join()
    answer.put((before, after, in_thread[0], child_policy()))


def seen(codec, user=0):
    """Four policies, from a process that does nothing else."""
    forked = multiprocessing.get_context("fork")
    answer = forked.Queue()
    process = forked.Process(target=look, args=(codec, user, answer))
    process.start()
    found = answer.get(timeout=60)
    process.join()
    title = f"as {'a user' if user else 'root'}, {codec}:"
    print(
        f"{title:25} before {found[0]}, after {found[1]}, thread begun after {found[2]}, process begun after {found[3]}"
    )
    return found


usual, raised = ("OTHER 0",) * 4, ("OTHER 0",) + ("FIFO 99",) * 3
as_described = [
    *(seen(codec) == usual for codec in ("libx264", "libx265", "libvpx-vp9")),
    seen("libsvtav1") == raised,
    seen("libsvtav1", user=65534) == usual,
]
sys.exit(0 if all(as_described) else 1)
PY
"$work/venv/bin/python" "$work/run.py" 2> "$work/log" || { tail -5 "$work/log"; echo "not as described any more"; exit 1; }
