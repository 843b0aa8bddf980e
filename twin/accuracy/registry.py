"""Every group of cases and every model: the table `twin accuracy` prints, in its order.

To add cases: a module beside this one with `GROUPS`, named here; a new model goes to a `models_` file.
"""

from twin.accuracy import (
    access,
    classic,
    element_sets,
    field_runs,
    fields,
    force_runs,
    frames,
    limit_cycle,
    models_forces,
    models_motion,
    months,
    neighbours,
    planning,
    secular,
    solar,
    tumbles,
)
from twin.accuracy.case import Group
from twin.accuracy.model import Model

GROUPS: tuple[Group, ...] = (
    *classic.GROUPS,
    *element_sets.GROUPS,
    *neighbours.GROUPS,
    *planning.GROUPS,
    *limit_cycle.GROUPS,
    *frames.GROUPS,
    *access.GROUPS,
    *secular.GROUPS,
    *force_runs.GROUPS,
    *field_runs.GROUPS,
    *fields.GROUPS,
    *solar.GROUPS,
    *tumbles.GROUPS,
    *months.GROUPS,
)
MODELS: dict[str, Model] = {model.key: model for model in (*models_motion.MODELS, *models_forces.MODELS)}
