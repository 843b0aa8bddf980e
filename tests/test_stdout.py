"""Nothing but results reaches standard output; the contact engine announces itself to nobody."""

import subprocess
import sys

PROGRAM = """
import os, sys
from services.stdout import guard
guard()
from twin.capture.bullet import Bullet, Solver
Bullet(Solver(step_s=0.001)).close()
os.write(1, b"banter\\n")
print("result")
print("a fault", file=sys.stderr)
"""


def test_results_banter_and_faults_go_where_they_belong():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("result\n", "banter\na fault\n")
