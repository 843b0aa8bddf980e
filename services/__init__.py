"""What runs: participants as services, the conductor, recordings, the command line."""
