"""Times and verdicts in words, the same wherever they are read."""

from twin.mission.verdict import RequirementResult


def mission_time(t_ns: int) -> str:
    """Simulated time as T+HH:MM:SS.mmm."""
    ms = t_ns // 1_000_000
    seconds, ms = divmod(ms, 1000)
    return f"T+{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"


def margin_text(result: RequirementResult) -> str:
    """The margin with its sign and unit, or a dash when it has no measure."""
    return "-" if result.margin is None else f"{result.margin:+.4g} {result.unit}".rstrip()


def explained(result: RequirementResult) -> str:
    """Why a requirement is what it is, in one line: its text, margin and worst moment."""
    if result.outcome == "vacuous":
        return f"{result.name}: {result.text}: vacuous, the run never came to it"
    moment = "" if result.worst_t_ns is None else f" at {mission_time(result.worst_t_ns)}"
    measure = "" if result.margin is None else f", margin {margin_text(result)}"
    return f"{result.name}: {result.text}: {result.outcome}{measure}{moment}"
