"""The Law protocol, the phase table and the built-in laws, one file each."""
