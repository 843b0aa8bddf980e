"""Digital twin of a debris-removal mission: the pure core (no sockets, files, clock, threads)."""
