// What was commanded and acts only now: the filter hears of a burn once its middle is past.

import { dot, norm } from "./vectors.js";

export class Burns {
  constructor(delayNs) {
    Object.assign(this, { delayNs, waiting: [], deltaV: 0 });
  }

  /** Valves open when the command arrives, each for its time; `change` is of velocity, in `eci`. */
  commanded(tNs, on, change) {
    const total = on.reduce((sum, each) => sum + each, 0);
    if (total === 0) return;
    const middleS = (0.5 * dot(on, on)) / total;
    this.waiting.push({ middleNs: tNs + this.delayNs + Math.round(middleS * 1e9), change });
    this.deltaV += norm(change);
  }

  /** Taken off the list: velocity changes, and the seconds since. */
  past(tNs) {
    const past = this.waiting.filter(({ middleNs }) => middleNs < tNs);
    this.waiting = this.waiting.filter(({ middleNs }) => middleNs >= tNs);
    return past.map(({ middleNs, change }) => ({ change, beforeS: (tNs - middleNs) * 1e-9 }));
  }
}
