"""Pins the numeric environment before any test can load numpy, as both shells of the product do; folders
and import paths that tests of several files stand on."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import services
from tests.bad_laws import installed
from tests.twins import private_folder

assert services.PINNED

# A job in the background of a shell ignores Ctrl-C, and so would every program that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

TESTS = Path(__file__).parent


@pytest.fixture
def folder() -> Iterator[Path]:
    """A private folder for sockets, with a path short enough for them wherever the tests run."""
    with private_folder() as path:
        yield path


@pytest.fixture
def toys_for_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes started by the test can import the toys."""
    monkeypatch.setenv("PYTHONPATH", f"{TESTS}{os.pathsep}{TESTS.parent}")


@pytest.fixture
def bad_laws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The laws of bad_laws.py are installed, here and in processes started by the test."""
    site = installed(tmp_path / "site")
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", f"{TESTS.parent}{os.pathsep}{site}")
