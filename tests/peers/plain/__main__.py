"""A guidance process of somebody else: written from PROTOCOL.md with zmq, msgpack and numpy alone.

    twin run quickstart --foreign guidance --endpoint tcp://127.0.0.1:5555
    python tests/peers/plain tcp://127.0.0.1:5555

It imports nothing of the project, in which this folder might as well not be.
"""

import sys

from guidance import Guidance
from wire import converse

if __name__ == "__main__":
    converse(sys.argv[1], "guidance", Guidance)
