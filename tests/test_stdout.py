"""Nothing but results reaches standard output; the contact engine announces itself to nobody."""

import os
import subprocess
import sys
from pathlib import Path

from services.exit_codes import FAILED, READER_GONE

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


def list_missions(output: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "services.cli", "list"]
    return subprocess.run(command, stdout=output, stderr=subprocess.PIPE, text=True, check=False)


def test_results_that_nobody_reads_end_the_command_in_silence():
    reader, writer = os.pipe()
    os.close(reader)
    done = list_missions(writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (READER_GONE, "")


def test_results_that_find_no_room_cost_one_line():
    with Path("/dev/full").open("w") as full:
        done = list_missions(full.fileno())
    assert done.returncode == FAILED
    assert done.stderr == "twin: results are cut off: No space left on device\n"
