"""Speed, as ratios to references of the same run: `python -m tests.bench`. No test of speed: a report."""
