"""How times, ages, numbers and severities are written, everywhere alike."""

from typing import Final

from textual.content import Content

Part = tuple[str, str]
Line = list[Part]
"""Pieces of text with their style: "" plain, else a style of the theme. Never read as markup."""

NOTHING: Final = "–"


def content(lines: list[Line]) -> Content:
    """Lines as text for a widget."""
    return Content("\n").join(Content.assemble(*line) for line in lines)


_CONTROLS: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


def plain(text: str) -> str:
    """Text without what would move a terminal's cursor or change its colours: blanks instead."""
    return text.translate(_CONTROLS)


def clock(t_ns: int) -> str:
    """Mission time, T+hh:mm:ss, rounded down."""
    seconds = t_ns // 1_000_000_000
    return f"T+{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def fine_clock(t_ns: int) -> str:
    """Mission time to the millisecond."""
    return f"{clock(t_ns)}.{t_ns // 1_000_000 % 1000:03d}"


def span(seconds: float) -> str:
    """A duration in at most seven characters: 4.2 s, 42 s, 1:05, 2:03:04."""
    if seconds < 0:
        return f"-{span(-seconds)}"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{int(seconds)} s"
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def rate(factor: float | None) -> str:
    """A pace: x1, x0.5, or max."""
    return "max" if factor is None else f"x{factor:.3g}"


def clipped(text: str, width: int) -> str:
    """One line of at most `width` characters; what is cut is shown by an ellipsis."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else f"{flat[: max(width - 1, 0)]}…"


BARS: Final = "▁▂▃▄▅▆▇█"
_ROUNDING: Final = 1e-9  # no unit of ours counts less; below it bars would show the last bits


def trend(values: list[float], width: int) -> str:
    """The last `width` values as bars from the least to the largest; even values lie low."""
    shown = values[-width:]
    if not shown:
        return ""
    low, high = min(shown), max(shown)
    scale = (len(BARS) - 1) / (high - low) if high - low > _ROUNDING else 0.0
    return "".join(BARS[round((value - low) * scale)] for value in shown)
