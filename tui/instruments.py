"""What screens look through besides the store: the ladder's outlook and the camera, made by others' leave."""

from typing import TYPE_CHECKING

from tui.eye import Eye, Frame
from tui.forecast import Forecaster
from tui.store import Store
from twin.mission.script import Mission

if TYPE_CHECKING:
    from twin.gnc.outlook import Outlook


class Instruments:
    """Work only for a screen that looks through them; `rest` after every paint, `close` at the end."""

    def __init__(self) -> None:
        self._forecaster = Forecaster()
        self._eye = Eye()
        self._looked = False

    def outlook(self, mission: Mission, store: Store) -> "Outlook | None":
        """The newest outlook of the abort ladder; one of the newest report is on its way."""
        self._forecaster.want(mission, store.known.newest)
        return self._forecaster.newest

    @property
    def made(self) -> tuple[object, ...]:
        """Changes when there is something new to look at."""
        return (id(self._forecaster.newest), self._eye.taken_ns)

    @property
    def problem(self) -> str:
        """Why there are no more outlooks; "" while there are."""
        return self._forecaster.problem

    def frame(self, mission: Mission, store: Store, *, anyway: bool) -> Frame:
        """The camera's newest picture; `anyway`: whether or not there is a link."""
        self._looked = True
        return self._eye.look(mission, store, anyway=anyway)

    def rest(self) -> None:
        """A paint is over."""
        if not self._looked:
            self._eye.blink()
        self._looked = False

    def close(self) -> None:
        self._eye.close()
        self._forecaster.close()
