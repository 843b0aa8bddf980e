"""The report as tables for a person, and as one JSON object."""

import os

from msgspec import Struct
from rich.console import Console
from rich.table import Table

from services import fingerprint
from tests.bench.figures import Figure

_ENOUGH = 0.005
"""Shares below half a percent are left out of the table."""


class Report(Struct, frozen=True, kw_only=True):
    """All of one run. `held`: seconds each held time, per flight; `shares`: of own time."""

    figures: tuple[Figure, ...]
    held: dict[str, dict[str, float]]
    shares: dict[str, float]

    def plain(self) -> dict[str, object]:
        """For JSON."""
        machine = {"fingerprint": fingerprint(), "cores": os.cpu_count(), "load": os.getloadavg()}
        figures = [figure.plain() for figure in self.figures]
        return {"machine": machine, "figures": figures, "held_s": self.held, "shares": self.shares}


def show(report: Report) -> None:
    """Print three tables."""
    console = Console(width=None if Console().is_terminal else 170)
    console.print(_measured(report.figures))
    console.print(_held(report.held))
    console.print(_shares(report.shares))
    one, five, fifteen = os.getloadavg()
    console.print(f"{os.cpu_count()} cores, load {one:.1f} {five:.1f} {fifteen:.1f}; {fingerprint()}")


def _measured(figures: tuple[Figure, ...]) -> Table:
    table = Table("what", box=None)
    for title in ("measured", "reference, same run", "ratio", "budget", "shortfall"):
        table.add_column(title, justify="right")
    table.add_column("reference is; note", overflow="fold")
    for figure in figures:
        reference = "-" if figure.reference is None else f"{_number(figure.reference)} {figure.unit}"
        table.add_row(
            figure.what,
            f"{_number(figure.measured)} {figure.unit}",
            reference,
            "-" if figure.ratio is None else f"{figure.ratio:.2f}",
            _budget(figure),
            "-" if figure.shortfall is None else f"{figure.shortfall:.0%}" if figure.shortfall else "none",
            "; ".join(text for text in (figure.against, figure.note) if text),
        )
    return table


def _budget(figure: Figure) -> str:
    budget = figure.budget
    if budget is None:
        return "-"
    sign = ">=" if budget.bound == "least" else "<="
    return f"{sign} {budget.value:g} {'x reference' if budget.of == 'ratio' else figure.unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.3g}"


def _held(held: dict[str, dict[str, float]]) -> Table:
    names = list(dict.fromkeys(name for waits in held.values() for name in waits))
    table = Table("who held time, share of the run", box=None)
    for name in names:
        table.add_column(name, justify="right")
    for flight, waits in held.items():
        whole_s = sum(waits.values())
        table.add_row(flight, *(f"{waits.get(name, 0.0) / whole_s:.0%}" for name in names))
    return table


def _shares(shares: dict[str, float]) -> Table:
    table = Table("own time by package, profiled in process", box=None)
    table.add_column("share", justify="right")
    for package, share in shares.items():
        if share >= _ENOUGH:
            table.add_row(package, f"{share:.1%}")
    return table
