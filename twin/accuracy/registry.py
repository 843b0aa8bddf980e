"""Every group of cases and every model: the table `twin accuracy` prints, in its order.

To add cases: a module beside this one with `GROUPS`, named here; a new model goes to a `models_` file.
"""

from twin.accuracy import classic, element_sets, frames, models_motion, planning
from twin.accuracy.case import Group
from twin.accuracy.model import Model

GROUPS: tuple[Group, ...] = (
    *classic.GROUPS,
    *element_sets.GROUPS,
    *planning.GROUPS,
    *frames.GROUPS,
)
MODELS: dict[str, Model] = {model.key: model for model in (*models_motion.MODELS,)}
