"""A guidance process of somebody else: written from PROTOCOL.md with zmq, msgpack and numpy alone.

    twin run quickstart --foreign guidance --endpoint tcp://127.0.0.1:5555
    python tests/peers/plain tcp://127.0.0.1:5555

It imports nothing of the project, in which this folder might as well not be. With --trace it prints the
conversation.
"""

import sys

from guidance import Guidance
from overhear import show
from wire import Ended, converse

words = [word for word in sys.argv[1:] if word != "--trace"]
if len(words) != 1:
    print("usage: python plain [--trace] ENDPOINT, for example tcp://127.0.0.1:5555", file=sys.stderr)
    sys.exit(2)
overhear = [show] if "--trace" in sys.argv else []
try:
    converse(words[0], "guidance", Guidance, *overhear)
except Ended as end:
    print(f"guidance: {end}", file=sys.stderr)
    sys.exit(2)
except KeyboardInterrupt:
    sys.exit(130)
