"""What both Kalman filters share. A state is (x, x'), three components each; x is what is measured."""

import numpy as np


def transition(rate, dt):
    """exp(rate dt) to third order."""
    step = dt * rate
    square = step @ step
    return np.eye(len(step)) + step + square / 2.0 + square @ step / 6.0


def grown(covariance, phi, dt, noise):
    """After dt with white noise of root density `noise` on x''."""
    shape = np.kron([[dt**3 / 3.0, dt**2 / 2.0], [dt**2 / 2.0, dt]], np.eye(3))
    return phi @ covariance @ phi.T + noise * noise * shape


def corrected(covariance, innovation, sigma, gate):
    """Change of the state and new covariance after x was measured with `sigma` along each axis.

    What lies outside the gate changes nothing but our confidence: should it go on, it is us who are wrong.
    """
    spread = np.linalg.inv(covariance[:3, :3] + sigma**2 * np.eye(3))
    if innovation @ spread @ innovation > gate**2:
        return None, 1.5 * covariance
    gain = covariance[:, :3] @ spread
    keep = np.eye(6)
    keep[:, :3] -= gain
    return gain @ innovation, keep @ covariance @ keep.T + sigma**2 * gain @ gain.T
