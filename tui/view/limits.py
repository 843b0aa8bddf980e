"""What is demanded of a quantity now, and how it is kept: the same words on every screen."""

from tui.store import Known
from tui.view.looks import CARE, GOOD, LABEL, LETTERS, STYLES
from tui.view.words import NOTHING
from twin.ground.limits import first_bounds


def demanded(known: Known, name: str, scale: float = 1.0) -> str:
    """The mildest bounds that hold in the phase last reported, times `scale`; the narrowest of several."""
    pairs = [first_bounds(limit) for limit in known.alarms.applying(name, known.phase or "")]
    lows = [scale * low for low, _ in pairs if low is not None]
    highs = [scale * high for _, high in pairs if high is not None]
    if lows and highs:
        return f"{max(lows):.4g}..{min(highs):.4g}"
    return f">= {max(lows):.4g}" if lows else f"<= {min(highs):.4g}" if highs else NOTHING


def kept(known: Known, name: str, *, stale: bool) -> tuple[str, str]:
    """How the newest value stands to its limits, in a word and its style; what is `stale` is not judged."""
    if stale:
        return "old", CARE
    level = known.alarms.level(name)
    if level is None:
        return NOTHING, LABEL
    return ("ok", GOOD) if level == "info" else (LETTERS[level], STYLES[level])
