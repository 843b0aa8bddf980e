"""A guidance process of somebody else: written from PROTOCOL.md with zmq, msgpack and numpy alone.

    twin run quickstart --foreign guidance --endpoint tcp://127.0.0.1:5555
    python tests/peers/plain tcp://127.0.0.1:5555

It imports nothing of the project, in which this folder might as well not be.
"""

import sys

from guidance import Guidance
from wire import Ended, converse

if len(sys.argv) != 2:
    print("usage: python plain ENDPOINT, for example tcp://127.0.0.1:5555", file=sys.stderr)
    sys.exit(2)
try:
    converse(sys.argv[1], "guidance", Guidance)
except Ended as end:
    print(f"guidance: {end}", file=sys.stderr)
    sys.exit(2)
except KeyboardInterrupt:
    sys.exit(130)
