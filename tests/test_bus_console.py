"""The operator's client takes each answer for the request that it belongs to."""

from collections.abc import Iterator

import pytest
import zmq

from services.bus.operator import Console
from tests.twins import private_folder
from twin.contracts.codec import encode
from twin.contracts.steering import Answer, AskStatus, Declined, Done, Pause
from twin.errors import UsageError

Server = tuple["zmq.Socket[bytes]", Console]


@pytest.fixture
def late() -> Iterator[Server]:
    """A run that has not answered the first request in time, and a console that has given up on it."""
    with private_folder() as folder, zmq.Context() as context, context.socket(zmq.ROUTER) as server:
        server.linger = 0
        server.bind(f"ipc://{folder}/operator")
        with Console(f"ipc://{folder}/operator", timeout_s=0.1) as console:
            with pytest.raises(UsageError, match="no answer within"):
                console.ask(AskStatus())
            yield server, console


def answer(server: "zmq.Socket[bytes]", *answers: Answer) -> None:
    client, _ = server.recv_multipart()
    for each in answers:
        server.send_multipart((client, encode(each)))


def test_a_refusal_that_comes_late_is_not_taken_for_an_answer_to_the_next_request(late: Server) -> None:
    server, console = late
    answer(server, Declined(id=1, reason="too early"), Done(id=2))
    assert console.ask(Pause()) == Done(id=2)


@pytest.mark.parametrize("request_id", [0, 2])
def test_a_refusal_of_this_request_or_of_one_that_could_not_be_read_is_raised(
    late: Server, request_id: int
) -> None:
    server, console = late
    answer(server, Declined(id=request_id, reason="not now"))
    with pytest.raises(UsageError, match="not now"):
        console.ask(Pause())
