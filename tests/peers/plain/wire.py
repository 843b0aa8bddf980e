"""The peer's side of the control plane: HELLO, START, READY, then a reply to every grant until STOP."""

import traceback

import msgpack
import zmq


class Ended(Exception):  # noqa: N818 (not always an error)
    """The conversation is over before its STOP; the text says why."""


def converse(endpoint, name, create):
    """Play the role `name`; `create` makes the player from the mission, which answers inboxes by `react`."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.linger = 1000
        monitor = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        try:
            socket.connect(endpoint)
        except zmq.ZMQError as error:
            raise Ended(f"cannot connect to {endpoint}: {error}") from error
        try:
            play(socket, monitor, name, create)
        finally:
            socket.disable_monitor()


def play(socket, monitor, name, create):
    hello = {"frame": "hello", "name": name, "schema": "twin-wire-1", "fingerprint": ""}
    say(socket, {**hello, "foreign": True, "snapshots": False})
    player, run, last = None, {}, {"number": -1}
    while True:
        frame = heard(socket, monitor)
        try:
            match frame["frame"]:
                case "start":
                    run = {"run": frame["run"], "epoch": frame["epoch"]}
                    player = create(frame["mission"])
                    say(socket, {"frame": "ready", **run})
                case "grant":
                    if frame["number"] != last["number"]:  # one that comes twice gets the same reply twice
                        reaction = {"messages": player.react(frame["inbox"]), "wake_ns": None}
                        last = {"frame": "reply", **run, "number": frame["number"], "reaction": reaction}
                    say(socket, last)
                case "refused":
                    raise Ended(f"refused: {frame['reason']}")
                case "stop":
                    return
        except Ended:
            raise
        except Exception as error:  # the run shall end with our name and this error in its outcome
            told = {
                "error": f"{type(error).__name__}: {error}",
                "log": traceback.format_exc().splitlines()[-6:],
            }
            say(socket, {"frame": "failure", **run, "number": max(last["number"], 0), **told})
            raise


def say(socket, frame):
    socket.send(msgpack.packb(frame))


def heard(socket, monitor):
    """The next frame. It may take for ever: a run can be paused. Only a lost connection ends the wait."""
    poller = zmq.Poller()
    poller.register(socket, zmq.POLLIN)
    poller.register(monitor, zmq.POLLIN)
    if socket not in dict(poller.poll()):
        raise Ended("the run is gone: its connection is lost")
    return msgpack.unpackb(socket.recv())
