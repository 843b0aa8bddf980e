"""Peers that tests put on the bus: small participants of our own, and foreign ones."""
