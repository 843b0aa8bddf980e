"""Pins the numeric environment before any test can load numpy, as both shells of the product do."""

import services

assert services.PINNED
