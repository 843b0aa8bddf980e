"""A pool of flights ends with the process that made it."""

import subprocess
import sys

from tests.twins import ROOT, alive, until

PROGRAM = """
import os, time
from services.workers import workers
with workers(2) as pool:
    print(*{each.result() for each in [pool.submit(os.getpid) for _ in range(20)]}, flush=True)
    pool.submit(time.sleep, 600).result()
"""


def test_the_workers_of_a_killed_campaign_are_gone() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as campaign:
        assert campaign.stdout is not None
        pids = [int(pid) for pid in campaign.stdout.readline().split()]
        assert alive(pids)
        campaign.kill()
    until(lambda: not alive(pids), "the end of the workers")
