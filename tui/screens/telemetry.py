"""Telemetry: a tree of pages, a page of quantities, all about the chosen one, its course on demand."""

from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from tui.screens.desk import Desk, Shown
from tui.view import telemetry as view
from tui.view.curve import SPANS_S, curve
from tui.widgets.curve import CurvePlot
from tui.widgets.finder import Finder
from tui.widgets.framed import entitle
from tui.widgets.panel import ListPanel, Panel

_PLOT_EVERY: Final = 3  # paints: a drawing costs ten times a panel of text
_PAGE: Final = (
    "What came down, newest generated first of its kind. GENERATED is the time on board, AGE the time "
    "since; a "
    "value older than 30 s is 'old' and judged no more. LIMIT is the mildest that holds in this phase. "
    "LEAST and "
    "MOST are over the last 400 reports. r shows values as they came."
)
_PLOT: Final = (
    "The value by the time it was generated; stretches are joined where reports follow each other. Dots "
    "in the "
    "colour of care were heard late, dashes are limits of this phase. w widens the window."
)


class TelemetryScreen(Desk):
    """The tree chooses a page, the page a quantity; `/` looks through all pages."""

    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "plot", "Plot", tooltip="The chosen quantity over time, or its detail again"),
        Binding("w", "window", "Window", show=False, tooltip="Plot 10 min, 1 h, 6 h or all"),
        Binding("r", "raw", "Raw", tooltip="Values as they came, or rounded to what is measured"),
        Binding("greater_than_sign", "turn(1)", "Next page", show=False),
        Binding("less_than_sign", "turn(-1)", "Page before", show=False),
        Binding(
            "asterisk", "favourite", "Favourite", show=False, tooltip="Put on the page of favourites, or off"
        ),
    ]

    def __init__(self) -> None:
        super().__init__(
            ListPanel(
                "Pages", id="tree", head=0, about="Pages of quantities. Enter goes to the page's rows."
            ),
            ListPanel(id="page", about=_PAGE),
            Panel(
                "Detail", id="detail", about="All about the chosen quantity: meaning, times, range, limits."
            ),
            CurvePlot(id="plot", about=_PLOT),
            Finder(),
        )
        self._favourites: set[str] = set()
        self._raw = False
        self._span_s = SPANS_S[0]
        self._paints = 0
        self._plotted: tuple[object, ...] = ()
        self._sought: str | None = None

    def look(self, quantity: str) -> None:
        """Choose a quantity on the page of all, and plot it."""
        self._sought = quantity
        self.add_class("plotting")

    def action_plot(self) -> None:
        self.toggle_class("plotting")

    def action_window(self) -> None:
        self._span_s = SPANS_S[(SPANS_S.index(self._span_s) + 1) % len(SPANS_S)]

    def action_raw(self) -> None:
        self._raw = not self._raw

    def action_turn(self, by: int) -> None:
        self.query_one("#tree", ListPanel).action_move(by)

    def action_favourite(self) -> None:
        name = self.query_one("#page", ListPanel).key
        if isinstance(name, str):
            self._favourites ^= {name}

    def on_list_panel_opened(self, message: ListPanel.Opened) -> None:
        if message.panel.id == "tree":
            self.query_one("#page").focus()
        else:
            self.action_plot()

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        known, page = shown.known, self.query_one("#page", ListPanel)
        names = self._page(shown)
        if self._sought in names:
            page.offer(names)
            page.choose(names.index(self._sought))
            self._sought = None
        rows = page.offer(names)
        columns = view.Columns(page.room[0], self._raw)
        values = known.values()
        lines = [
            view.line(known, names[k], values.get(names[k]), columns, chosen=page.marks(k)) for k in rows
        ]
        page.show([view.head(columns), *lines])
        if isinstance(page.key, str):
            self._explain(shown, page.key)

    def _page(self, shown: Shown) -> tuple[str, ...]:
        """Paint the tree; the quantities of its chosen page, or those that hold the word."""
        tree, page = self.query_one("#tree", ListPanel), self.query_one("#page", ListPanel)
        pages = view.tree(self._favourites)
        if self._sought:
            tree.choose(0)
        rows = tree.offer([each.key for each in pages])
        width = tree.room[0]
        tree.show([view.branch(shown.known, pages[k], width, chosen=tree.marks(k)) for k in rows])
        chosen = pages[tree.chosen]
        if self.word:
            entitle(page, f"Filter: {self.word}")
            return view.names(self.word)
        entitle(page, f"Page: {chosen.label} ({len(chosen.names)})")
        return chosen.names

    def _explain(self, shown: Shown, name: str) -> None:
        detail, plot = self.query_one("#detail", Panel), self.query_one("#plot", CurvePlot)
        if detail.display:
            entitle(detail, f"Detail: {name}")
            detail.show(view.detail(shown.known, name, detail.room[0]))
        self._paints += 1
        asked = (name, self._span_s, plot.content_size)
        if plot.display and (asked != self._plotted or self._paints % _PLOT_EVERY == 1):
            self._plotted = asked
            span = f"last {self._span_s / 60:g} min" if self._span_s else "all reports kept"
            entitle(plot, subtitle=f"{span} (w)")
            plot.show(curve(shown.known, name, self._span_s), name)
