"""Opens the planes on which a run is seen and steered from outside, in processes or in one process."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import zmq

from services.bus.endpoints import checked_endpoint, claimed
from services.bus.keys import Gatekeeper, ring_of
from services.bus.operator import OperatorPlane
from services.bus.view import View


class Planes(NamedTuple):
    """What is open; None is closed."""

    view: View | None = None
    operator: OperatorPlane | None = None


@contextmanager
def opened(view: str | None, operator: str | None, keys: Path | None = None) -> Iterator[Planes]:
    """Listen at the endpoints given; raises UsageError, leaving nothing behind, if one cannot be had.

    With the folder `keys` only those are let in who are on its list.
    """
    with ExitStack() as stack:
        ring = ring_of(keys) if keys else None
        context = stack.enter_context(zmq.Context())
        keeper = stack.enter_context(closing(Gatekeeper(context, ring))) if ring is not None else None
        for endpoint in (view, operator):
            claim = claimed(checked_endpoint(endpoint, keys=ring is not None)) if endpoint else None
            if claim:
                stack.callback(claim.release)
        seen = stack.enter_context(closing(View(context, view, keeper))) if view else None
        steered = (
            stack.enter_context(closing(OperatorPlane(context, operator, seen, keeper))) if operator else None
        )
        yield Planes(seen, steered)
