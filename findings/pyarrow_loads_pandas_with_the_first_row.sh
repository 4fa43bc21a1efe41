#!/usr/bin/env bash
# pyarrow 25.0.0: where pandas is installed, the first conversion of Python numbers or of a NumPy array imports all of
# pandas, although no pandas object is near: pa.array([1.0]), pa.array(numpy_array), RecordBatch.from_pylist, and
# Array.to_numpy of a column that is read. Array.from_buffers and Array.to_pylist do not import it.
# pyarrow documents pandas as an optional dependency of the functions that convert from and to it.
# What follows: a program that records samples to an Arrow IPC stream stands still for some tenths of a second when its
# first batch is written: seven frames at 30 a second. The same program in an environment without pandas does not show it.
# Remedy: make columns with Array.from_buffers, or convert one value before the recording begins.
#
# Usage: findings/pyarrow_loads_pandas_with_the_first_row.sh   (exit status 0: the behaviour is as described)
# Output seen (times of one machine):
#   with pandas:    pa.array of a list        loads pandas, 0.26 s
#   with pandas:    RecordBatch.from_pylist   loads pandas, 0.23 s
#   with pandas:    pa.array of NumPy         loads pandas, 0.25 s
#   with pandas:    Array.to_numpy            loads pandas, 0.23 s
#   with pandas:    Array.from_buffers        does not
#   with pandas:    Array.to_pylist           does not
#   without pandas: pa.array of a list        does not
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pyarrow==25.0.0 numpy==2.2.6
cat > "$work/run.py" <<'PY'
import sys
import time

import numpy as np
import pyarrow as pa

what, environment = sys.argv[1], sys.argv[2]
buffer = pa.py_buffer(np.arange(3.0))
column = pa.Array.from_buffers(pa.float64(), 3, [None, buffer])
calls = {
    "pa.array of a list": lambda: pa.array([1.0, 2.0]),
    "RecordBatch.from_pylist": lambda: pa.RecordBatch.from_pylist([{"time_s": 0.1, "yaw": 0.2}]),
    "pa.array of NumPy": lambda: pa.array(np.zeros(3)),
    "Array.to_numpy": lambda: column.to_numpy(),
    "Array.from_buffers": lambda: pa.Array.from_buffers(pa.float64(), 3, [None, buffer]),
    "Array.to_pylist": lambda: column.to_pylist(),
}
assert "pandas" not in sys.modules
began = time.perf_counter()
calls[what]()
took = time.perf_counter() - began
loaded = "pandas" in sys.modules
print(f"{environment + ' pandas:':15} {what:25} {f'loads pandas, {took:.2f} s' if loaded else 'does not'}")
sys.exit(0 if loaded else 3)
PY
loads() { "$work/venv/bin/python" "$work/run.py" "$1" "$2" && echo yes >> "$work/$2" || { [ $? = 3 ] && echo no >> "$work/$2"; }; }
loads "pa.array of a list" without
"$work/venv/bin/pip" install --quiet pandas==2.3.3
for call in "pa.array of a list" "RecordBatch.from_pylist" "pa.array of NumPy" "Array.to_numpy" "Array.from_buffers" \
    "Array.to_pylist"; do
    loads "$call" with
done
[ "$(cat "$work/without")" = no ] && [ "$(tr '\n' ' ' < "$work/with")" = "yes yes yes yes no no " ] || {
    echo "not as described any more"
    exit 1
}
