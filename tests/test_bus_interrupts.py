"""Signals as a question: who asked has the answer; one that came after the last question is not lost."""

import signal

import pytest

from services.bus.interrupts import Interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_the_loop_asked_for_is_only_a_mark(number: signal.Signals) -> None:
    with Interrupts() as interrupts:
        assert interrupts.asked() == ""
        signal.raise_signal(number)
        assert interrupts.asked() == number.name


def late() -> None:
    with Interrupts() as interrupts:
        assert interrupts.asked() == ""
        signal.raise_signal(signal.SIGTERM)


def failing() -> None:
    with Interrupts():
        signal.raise_signal(signal.SIGINT)
        raise ZeroDivisionError


def test_a_signal_after_the_last_question_is_not_lost() -> None:
    with pytest.raises(KeyboardInterrupt):
        late()


def test_an_error_on_the_way_out_is_not_hidden_by_a_signal() -> None:
    with pytest.raises(ZeroDivisionError):
        failing()
