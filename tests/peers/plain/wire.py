"""The peer's side of the control plane: HELLO, START, READY, then a reply to every grant until STOP."""

import json
import os
import traceback

import msgpack
import zmq


class Ended(Exception):  # noqa: N818 (not always an error)
    """The conversation is over before its STOP; the text says why."""


class Wire:
    """Frames to and from the conductor; `overhear` gets each with who says it."""

    def __init__(self, socket, overhear):
        self.socket, self.overhear = socket, overhear
        self.poller = zmq.Poller()
        self.poller.register(socket, zmq.POLLIN)
        self.poller.register(socket.get_monitor_socket(zmq.EVENT_DISCONNECTED), zmq.POLLIN)

    def say(self, frame):
        self.overhear("we", frame)
        self.socket.send(msgpack.packb(frame))

    def hear(self):
        """It may take for ever, as a run can be paused: only a lost connection ends the wait."""
        if self.socket not in dict(self.poller.poll()):
            raise Ended("the run is gone: its connection is lost")
        frame = msgpack.unpackb(self.socket.recv())
        self.overhear("run", frame)
        return frame


class Role:
    """`create` makes the player from the mission; the player answers inboxes by `react`."""

    def __init__(self, create):
        self.create, self.player, self.life, self.last = create, None, {}, {"number": -1}

    def answer(self, frame):
        match frame["frame"]:
            case "start":
                self.life = {"run": frame["run"], "epoch": frame["epoch"]}
                self.player = self.create(frame["mission"])
                return {"frame": "ready", **self.life}
            case "grant":
                if frame["number"] != self.last["number"]:  # one that comes twice gets the same reply twice
                    reaction = {"messages": self.player.react(frame["inbox"]), "wake_ns": None}
                    self.last = {
                        "frame": "reply",
                        **self.life,
                        "number": frame["number"],
                        "reaction": reaction,
                    }
                return self.last
        raise Ended(f"{frame['frame']}: {frame.get('reason', '')}")

    def failure(self, error):
        """The run shall end with our name and this error in its outcome."""
        told = {"error": f"{type(error).__name__}: {error}", "log": traceback.format_exc().splitlines()[-6:]}
        return {"frame": "failure", **self.life, "number": max(self.last["number"], 0), **told}


def show_key(socket):
    """CURVE, where the run asks for it: TWIN_KEY names the file that `twin keys --peer` made for us."""
    if place := os.environ.get("TWIN_KEY"):
        with open(place, encoding="utf-8") as file:
            key = json.load(file)
        socket.curve_serverkey = key["server"].encode()
        socket.curve_publickey, socket.curve_secretkey = key["public"].encode(), key["secret"].encode()


def converse(endpoint, name, create, overhear=lambda who, frame: None):
    """Play the role `name` until STOP; raises Ended when it is over before."""
    hello = {"frame": "hello", "name": name, "schema": "twin-wire-1", "fingerprint": ""}
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.linger = 1000
        show_key(socket)
        wire, role = Wire(socket, overhear), Role(create)
        try:
            socket.connect(endpoint)
            wire.say({**hello, "foreign": True, "snapshots": False})
            while (frame := wire.hear())["frame"] != "stop":
                wire.say(role.answer(frame))
        except zmq.ZMQError as error:
            raise Ended(f"{endpoint}: {error}") from error
        except Ended:
            raise
        except Exception as error:
            wire.say(role.failure(error))
            raise
        finally:
            socket.disable_monitor()
