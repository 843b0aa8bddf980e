"""A peer spoken by hand, frame by frame, in msgpack: for what a real one would never say."""

from typing import Any

import msgpack
import zmq

HELLO = {"frame": "hello", "schema": "twin-wire-1", "fingerprint": "", "foreign": True, "snapshots": False}


class Spoken:
    """Plays the role `name`, or wants to."""

    def __init__(self, endpoint: str, name: str) -> None:
        self.name = name
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(endpoint)

    def say(self, frame: dict[str, Any]) -> None:
        self.socket.send(msgpack.packb(frame))

    def hear(self) -> dict[str, Any]:
        assert self.socket.poll(60_000), "the conductor says nothing"
        frame: dict[str, Any] = msgpack.unpackb(self.socket.recv())
        return frame

    def join(self, **different: Any) -> dict[str, Any]:
        self.say({**HELLO, "name": self.name, **different})
        return self.hear()

    def get_ready(self, start: dict[str, Any] | None = None) -> None:
        start = start or self.join()
        assert start["frame"] == "start"
        self.life = {"run": start["run"], "epoch": start["epoch"]}
        self.say({"frame": "ready", **self.life})

    def reply(self, grant: dict[str, Any], *messages: dict[str, Any], **different: Any) -> None:
        reaction = {"messages": messages, "wake_ns": None, **different}
        self.say({"frame": "reply", **self.life, "number": grant["number"], "reaction": reaction})

    def close(self) -> None:
        self.context.destroy(linger=0)
