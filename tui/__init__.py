"""The terminal UI: a client of a run or of a recording. It steers only by requests that are recorded."""
