"""How things look, in one place: three weights, colours of one meaning each, severities.

A style is a word of the theme (`themes.py` gives it its colour, light and dark). With NO_COLOR the weights
and the letters remain, so nothing is said by colour alone.
"""

from typing import Final

from twin.ground.limits import Severity

LABEL: Final = "$faint"
"""The faintest weight: names, units, times, what explains. (`$text-muted` is a share of the ground's own
contrast, which styled text does not get: it came out as bright as values.)"""
PLAIN: Final = ""
VALUE: Final = "bold"
"""The strongest weight: what one looks for."""

CHOSEN: Final = "bold reverse"
"""The line that keys act on."""
GOOD: Final = "$text-success"
CARE: Final = "$text-warning"
"""Wants a look: old, waiting, outside a pass."""
BAD: Final = "bold $text-error"
REPORTED: Final = "$text-primary"
"""A graph of what came down."""
TRUTH: Final = "bold $accent"
"""What is so, not what is known: nothing else has this colour."""
ARMED: Final = "bold reverse $text-error"

LETTERS: Final[dict[Severity, str]] = {
    "info": "i    ",
    "watch": "w#---",
    "warning": "W##--",
    "distress": "D###-",
    "critical": "C####",
    "severe": "S####",
}
STYLES: Final[dict[Severity, str]] = {
    "info": PLAIN,
    "watch": CARE,
    "warning": f"bold {CARE}",
    "distress": "$text-error",
    "critical": BAD,
    "severe": f"reverse {BAD}",
}
