"""How the ground words times and reasons in its reports."""

from twin.contracts.fields import TimeNs


def clock(t_ns: TimeNs) -> str:
    """Mission time as T+hh:mm:ss, rounded down to the second."""
    seconds = t_ns // 1_000_000_000
    return f"T+{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def joined(first: str, second: str) -> str:
    """Two reasons as one text; the second may be empty."""
    return f"{first}: {second}" if second else first
