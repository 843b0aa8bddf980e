"""Words on a widget's frame: taken as they are, never as markup, and painted only when they are new."""

from typing import Literal

from textual.content import Content
from textual.widget import Widget


def entitle(widget: Widget, title: str | None = None, *, subtitle: str | None = None) -> None:
    """Set the words of the upper and the lower edge; None leaves one as it is."""
    if title is not None:
        _put(widget, "border_title", title)
    if subtitle is not None:
        _put(widget, "border_subtitle", subtitle)


def _put(widget: Widget, edge: Literal["border_title", "border_subtitle"], text: str) -> None:
    words = Content(text)
    if (getattr(widget, edge) or "") != words.markup:
        setattr(widget, edge, words)
