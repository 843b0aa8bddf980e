"""Stations, visibility, link, commanding and what the ground knows."""
