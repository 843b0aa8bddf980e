"""What was commanded and acts only now: the filter hears of a burn once its middle is past."""

import numpy as np


class Burns:
    def __init__(self, delay_ns):
        self.delay_ns, self.waiting, self.delta_v = delay_ns, [], 0.0

    def commanded(self, t_ns, on_s, change):
        """Valves open when the command arrives, each for its time; `change` is of velocity, in `eci`."""
        if on_s.sum() > 0.0:
            middle_s = 0.5 * float(on_s @ on_s / on_s.sum())
            self.waiting.append((t_ns + self.delay_ns + round(middle_s * 1e9), change))
            self.delta_v += float(np.linalg.norm(change))

    def past(self, t_ns):
        """Taken off the list: velocity changes, and the seconds since."""
        past = [(change, (t_ns - middle_ns) * 1e-9) for middle_ns, change in self.waiting if middle_ns < t_ns]
        self.waiting = [each for each in self.waiting if each[0] >= t_ns]
        return past
