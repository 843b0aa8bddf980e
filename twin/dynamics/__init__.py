"""Orbit, attitude, environment, frames and trajectory segments of the truth; the only home of heyoka."""
