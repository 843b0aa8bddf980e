"""Sockets, hosts, the in-process bus and the launcher; the only home of ZeroMQ."""
