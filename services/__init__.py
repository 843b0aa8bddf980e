"""What runs: participants as services, the conductor, recordings, the command line.

Importing this package pins the numeric environment: BLAS results depend on threads and on the CPU
kernel chosen at load time, so both are set here, before numpy can load, whatever was set outside.
"""

import functools
import hashlib
import os
import platform
import sys
from pathlib import Path

_CPUINFO = "/proc/cpuinfo"
_CPU_KEYS = ("vendor_id", "cpu family", "model", "flags", "CPU implementer", "CPU part", "Features")


def _cpu() -> dict[str, str]:
    """What decides which code paths the libraries choose, for the first core; empty where not Linux."""
    try:
        with open(_CPUINFO, encoding="ascii", errors="replace") as lines:
            first_core = lines.read().split("\n\n", 1)[0]
    except FileNotFoundError:
        return {}
    pairs = (line.partition(":") for line in first_core.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs if key.strip() in _CPU_KEYS}


def _blas_kernel(cpu: dict[str, str]) -> str:
    """The newest kernel that nearly every machine of this architecture has."""
    if platform.machine() in ("aarch64", "arm64"):
        return "ARMV8"
    return "Haswell" if "avx2" in cpu.get("flags", "").split() else "Nehalem"


PINNED = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": _blas_kernel(_cpu()),
}
_TOO_LATE = "numpy" in sys.modules and any(os.environ.get(key) != PINNED[key] for key in PINNED)
os.environ.update(PINNED)


def _installed(name: str) -> str:
    """Name and version of an installed library, from the name of its metadata folder.

    `importlib.metadata` says the same, at a cost of 25 ms in every process that starts.
    """
    folders = (found for place in sys.path for found in Path(place or ".").glob(f"{name}-*.dist-info"))
    return next((found.stem for found in folders), f"{name}-unknown")


@functools.cache
def fingerprint() -> str:
    """The numeric environment in one line: equal fingerprints promise equal bits.

    Says `unpinned` when numpy was already loaded before this package could pin it.
    """
    cpu = hashlib.blake2b(repr(sorted(_cpu().items())).encode(), digest_size=6).hexdigest()
    libraries = [_installed(name) for name in ("numpy", "heyoka", "daqp", "pyerfa")]
    blas = "unpinned" if _TOO_LATE else f"{PINNED['OPENBLAS_CORETYPE']}x{PINNED['OPENBLAS_NUM_THREADS']}"
    here = [
        f"{platform.python_implementation()}-{platform.python_version()}",
        f"{sys.platform}-{platform.machine()}",
        "-".join(platform.libc_ver()),
        f"cpu-{cpu}",
        f"blas-{blas}",
    ]
    return " ".join(here + libraries).lower()
