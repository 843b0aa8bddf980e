"""Signal temporal logic over sampled signals: robustness of `eventually within` and of `until`.

Signals are arrays over the n instants `t_ns`, ascending but at any distance; a window [t, t + w] holds the
instants inside it and ends with the trace, so what the run never showed is not met. Robustness is that of
Donze and Maler, "Robust satisfaction of temporal logic over real-valued signals" (2010):

    eventually[0,w] b at t:  the largest b(t') for t' in [t, t + w]
    a until[0,w] b at t:     the largest, for t' in [t, t + w], of min(b(t'), the least a in [t, t'))

Truth is the same with 1 for true and -1 for what is not certainly true.
"""

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]
Indices = NDArray[np.int64]


def window_ends(t_ns: Indices, at: Indices, within_ns: int | None) -> Indices:
    """For the instants of indices `at` (m,) the index behind the last one of their window; None: no limit."""
    if within_ns is None:
        return np.full(len(at), len(t_ns), np.int64)
    ends: Indices = np.searchsorted(t_ns, t_ns[at] + within_ns, side="right")
    return ends


def eventually(signal: Signal, at: Indices, ends: Indices) -> Signal:
    """Largest value of `signal` (n,) in each window [at, ends), none of them empty: (m,).

    Doubling: after k rounds entry i is the largest of 2^k in a row, and two of these cover any window of
    up to twice that length. O(n log n), whatever the windows are.
    """
    found = np.empty(len(at), np.float64)
    power = np.frexp((ends - at).astype(np.float64))[1] - 1
    largest = signal
    for k in range(int(power.max(initial=0)) + 1):
        if k > 0:
            half = 1 << (k - 1)
            largest = np.maximum(largest[:-half], largest[half:])
        chosen = power == k
        found[chosen] = np.maximum(largest[at[chosen]], largest[ends[chosen] - (1 << k)])
    return found


def until(left: Signal, right: Signal, at: Indices, ends: Indices) -> tuple[Signal, Indices]:
    """Robustness of `left until right` in each window [at, ends): (m,), and the index that gives it."""
    found, places = np.empty(len(at), np.float64), np.empty(len(at), np.int64)
    for row, (begin, end) in enumerate(zip(at, ends, strict=True)):
        kept = np.minimum.accumulate(np.concatenate(([np.inf], left[begin : end - 1])))
        each = np.minimum(right[begin:end], kept)
        best = int(np.argmax(each))
        found[row], places[row] = each[best], begin + best
    return found, places


def rises(truth: NDArray[np.bool_]) -> Indices:
    """Where `truth` (n,) turns true; its first instant too, if it begins so."""
    before = np.concatenate(([False], truth[:-1]))
    return np.flatnonzero(truth & ~before).astype(np.int64)
