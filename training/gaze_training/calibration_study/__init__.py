"""The closed loop of calibration over virtual people, heads, numbers of points, and wrong assumptions."""
