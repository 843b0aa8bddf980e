"""Simulated time: who may advance, in which order, with which noise, and the digest of what happened."""
