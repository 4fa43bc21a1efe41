"""The closed loop of calibration over virtual people, heads, numbers of points, and what is believed wrongly."""
