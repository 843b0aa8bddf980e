"""Missions and what they share, as data: mission files here, bodies, vehicles, stations and phases below."""
