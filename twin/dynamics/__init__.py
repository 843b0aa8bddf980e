"""Orbit, attitude, environment, frames and trajectory segments of the truth models; the only home of heyoka."""
