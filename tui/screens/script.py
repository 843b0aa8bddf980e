"""Script: the mission's steps and requirements as they stand, live."""

from tui.screens.desk import Desk, Shown
from tui.view import script
from tui.widgets.framed import entitle
from tui.widgets.panel import ListPanel, Panel


class ScriptScreen(Desk):
    """What the mission does by itself, and what it will be judged by."""

    AUTO_FOCUS = "#requirements"

    def __init__(self) -> None:
        super().__init__(
            Panel("Steps", id="steps", about=script.STEPS),
            ListPanel("Requirements", id="requirements", about=script.REQUIREMENTS),
            Panel("Chosen", id="asked", about="The chosen requirement in full, and how it is reckoned."),
        )

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        self.set_class(not shown.mission.timeline, "-no-steps")
        panel = self.query_one("#steps", Panel)
        panel.show(script.steps(shown.mission, shown.known, panel.room[0]))
        judging, over = shown.feed.judging, shown.known.ended is not None
        verdict = judging.look(shown.known.now_ns) if judging else None
        rows = self.query_one("#requirements", ListPanel)
        wanted = script.ordered(shown.mission, verdict, over=over)
        part = rows.offer([each.name for each in wanted])
        reach = f" {part.start + 1} to {part.stop} of {len(wanted)}" if len(part) < len(wanted) else ""
        entitle(rows, f"Requirements{reach}")
        chosen = rows.chosen - part.start if rows.marks(rows.chosen) else None
        shown_now = wanted[part.start : part.stop]
        rows.show(script.requirements(shown_now, verdict, rows.room[0], over=over, chosen=chosen))
        panel = self.query_one("#asked", Panel)
        asked = next((each for each in wanted if each.name == rows.key), None)
        entitle(panel, f"Chosen: {asked.name}" if asked else "Chosen")
        panel.show(script.asked(asked, panel.room[0]))
        if judging:
            stands = script.standing(shown.mission, verdict, over=over)
            entitle(rows, subtitle=judging.problem or f"{stands}{script.since(judging.since_ns)}")
