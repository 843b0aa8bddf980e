"""The peer's side of the control plane: HELLO, START, READY, then a reply to every grant until STOP."""

import sys

import msgpack
import zmq


def converse(endpoint, name, create):
    """Play the role `name`; `create` makes the player from the mission, which answers inboxes by `react`."""
    socket = zmq.Context().socket(zmq.DEALER)
    socket.connect(endpoint)
    hello = {"frame": "hello", "name": name, "schema": "twin-wire-1", "fingerprint": ""}
    socket.send(msgpack.packb({**hello, "foreign": True, "snapshots": False}))
    player, run, number, reply = None, {}, -1, b""
    while True:
        frame = msgpack.unpackb(socket.recv())
        match frame["frame"]:
            case "start":
                player = create(frame["mission"])
                run = {"run": frame["run"], "epoch": frame["epoch"]}
                socket.send(msgpack.packb({"frame": "ready", **run}))
            case "grant":
                if frame["number"] != number:  # a grant that comes twice gets the same reply twice
                    number = frame["number"]
                    reaction = {"messages": player.react(frame["inbox"]), "wake_ns": None}
                    reply = msgpack.packb({"frame": "reply", **run, "number": number, "reaction": reaction})
                socket.send(reply)
            case "refused":
                sys.exit(f"refused: {frame['reason']}")
            case "stop":
                return
