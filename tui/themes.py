"""The two looks: colour has a meaning, and truth has a colour that nothing else has."""

from typing import Final

from textual.theme import Theme

THEMES: Final = (
    Theme(
        name="twin-dark",
        primary="#5fa8d3",
        secondary="#7f8c9b",
        accent="#e07be0",
        success="#5fbf7f",
        warning="#f0b040",
        error="#ef6b6b",
        foreground="#e4e6e8",
        background="#101214",
        surface="#181b1f",
        panel="#20252b",
        dark=True,
        variables={"footer-key-foreground": "#5fa8d3", "faint": "#8b949e"},
    ),
    Theme(
        name="twin-light",
        primary="#1d5f8a",
        secondary="#5b6670",
        accent="#9b1f9b",
        success="#1c7c3c",
        warning="#9a6200",
        error="#b3261e",
        foreground="#16181b",
        background="#fafafa",
        surface="#f0f1f2",
        panel="#e3e6e9",
        dark=False,
        variables={"footer-key-foreground": "#1d5f8a", "faint": "#5f6870"},
    ),
)
"""Blue is what was reported, green within limits, amber wants a look, red is beyond, magenta is truth."""
