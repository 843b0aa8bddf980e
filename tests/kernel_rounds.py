"""Rounds of a conductor by hand: who is granted what, and what each answers."""

from twin.contracts.codec import decode_delivered, decode_to_peer, encode
from twin.contracts.envelope import Outgoing, Reaction, Reply
from twin.contracts.operations import Mark
from twin.kernel.conductor import Conductor


def said(*messages, wake_ns=None):
    return Reaction(messages=messages, wake_ns=wake_ns)


def note(text="", to=(), delay_ns=0, delivery="wake"):
    return Outgoing(to=to, delay_ns=delay_ns, delivery=delivery, body=Mark(text=text))


def granted(conductor):
    return {name: decode_to_peer(encode(grant)) for name, grant in conductor.grants()}


def answer(conductor, grants, **reactions):
    """Answer every grant, with nothing more to say where no reaction is given."""
    for name, grant in grants.items():
        reaction = reactions.get(name, Reaction())
        conductor.reply(name, Reply(run=grant.run, epoch=grant.epoch, number=grant.number, reaction=reaction))


def begun(*names, **reactions):
    conductor = Conductor(names, "r")
    answer(conductor, granted(conductor), **reactions)
    return conductor


def texts(grant):
    return [decode_delivered(raw).body.text for raw in grant.inbox]
