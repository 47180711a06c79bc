"""`jero run` up to its server, which a fake stands for, and from there: the app that its processes import."""

import fcntl
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from command_runs import APP, FAULTY_APP, Command

import jero._cli.servers as servers_module
from jero import WiringError
from jero._cli import served
from jero.testing import TestClient

type Serve = Callable[[object], None]


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put back what serving changes in its process."""
    monkeypatch.setenv(served.SETTINGS, "{}")
    monkeypatch.setitem(sys.modules, "uvicorn", SimpleNamespace(__spec__=object()))
    handler, filters = signal.getsignal(signal.SIGTERM), list(logging.getLogger("jero").filters)
    yield
    signal.signal(signal.SIGTERM, handler)
    logging.getLogger("jero").filters[:] = filters
    served.__dict__.pop("app", None)


@pytest.fixture
def served_by(process: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[Serve], None]:
    """Give what sets the server."""

    def set_server(serve: Serve) -> None:
        monkeypatch.setitem(servers_module.SERVERS, "uvicorn", serve)

    return set_server


def start_app(_serving: object) -> None:
    """Start and stop the app as a server does, which ends with a code of its own where that fails."""
    served.__dict__.pop("app", None)
    try:
        with TestClient(copy_context().run(getattr, served, "app")) as client:
            assert client.get("/widgets/7").status_code == 200
    except WiringError:
        raise SystemExit(3) from None


def test_start(jero: Command, served_by: Callable[[Serve], None]) -> None:
    """The process serves the app and tells how many operations it has."""
    served_by(start_app)
    jero.write("shop.py")
    outcome = jero("run", "shop:app", "--server", "uvicorn", "--port", "0")
    assert outcome.code == 0
    assert outcome.err.endswith(f"  has  2 operations, wired in process {os.getpid()}\n")


def test_others_wait(jero: Command, served_by: Callable[[Serve], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """While a process tells why it cannot start, no other gets past: its end would have the server stop all."""
    told: list[object] = []

    def tell(faults: object, _console: object) -> None:
        marker = msgspec.json.decode(os.environ[served.SETTINGS], type=served.Settings).marker
        assert marker is not None
        with Path(marker).open("a") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        told.append(faults)

    served_by(start_app)
    monkeypatch.setattr(served, "print_faults", tell)
    jero.write("shop.py", FAULTY_APP)
    assert jero("run", "shop:app", "--server", "uvicorn", "--port", "0").code == 1
    assert len(told) == 1


def test_faults(jero: Command, served_by: Callable[[Serve], None]) -> None:
    """Wiring faults are told once, however many processes find them, and not logged as well."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.addFilter(lambda record: records.append(record) is not None)

    def start_twice(serving: object) -> None:
        logging.getLogger("jero").addHandler(handler)
        try:
            with pytest.raises(SystemExit):
                start_app(serving)
            start_app(serving)
        finally:
            logging.getLogger("jero").removeHandler(handler)

    served_by(start_twice)
    jero.write("shop.py", FAULTY_APP)
    outcome = jero("run", "shop:app", "--server", "uvicorn", "--port", "0")
    assert outcome.code == 1
    assert outcome.err.count("2 wiring faults") == 1
    assert records == []


def test_faults_of_the_construction(jero: Command, served_by: Callable[[Serve], None]) -> None:
    """A fault that is found as the module is imported ends the process; it is told in the same way."""
    served_by(start_app)
    jero.write("shop.py", APP.replace("App()", "App(max_bdy=1, shutdown_timeout=-1)"))
    outcome = jero("run", "shop:app", "--server", "uvicorn", "--port", "0")
    assert outcome.code == 1
    assert "JERO-W602" in outcome.err


def test_faults_of_a_found_app(jero: Command, served_by: Callable[[Serve], None]) -> None:
    """An app that is looked for is imported for that; its faults are told and no server is started."""
    served_by(start_app)
    jero.write("app.py", APP.replace("App()", "App(shutdown_timeout=-1)"))
    outcome = jero("run", "--server", "uvicorn", "--port", "0")
    assert outcome.code == 1
    assert "JERO-W602" in outcome.err
    assert "jero serves" not in outcome.err


def test_failing_import(jero: Command, served_by: Callable[[Serve], None]) -> None:
    """A module that cannot be imported ends the process with a message."""
    served_by(start_app)
    jero.write("shop.py", "raise RuntimeError('no')")
    outcome = jero("run", "shop:app", "--server", "uvicorn", "--port", "0")
    assert outcome.code == 1
    assert "it cannot be imported: RuntimeError: no" in outcome.err


def test_reloading(jero: Command, served_by: Callable[[Serve], None]) -> None:
    """Where an app is reloaded, each failing start is told."""

    def start_twice(serving: object) -> None:
        for _ in range(2):
            with pytest.raises(SystemExit):
                start_app(serving)

    served_by(start_twice)
    jero.write("shop.py", FAULTY_APP)
    outcome = jero("run", "shop:app", "--server", "uvicorn", "--port", "0", "--reload")
    assert outcome.code == 0
    assert outcome.err.count("2 wiring faults") == 2


@pytest.mark.parametrize(("code", "expected"), [(None, 0), (0, 0), (1, 1), (3, 1)])
def test_exit_codes(jero: Command, served_by: Callable[[Serve], None], code: int | None, expected: int) -> None:
    """Whatever code a server ends with, that of `jero run` is 0 or 1."""

    def end(_serving: object) -> None:
        raise SystemExit(code)

    served_by(end)
    jero.write("shop.py")
    assert jero("run", "shop:app", "--server", "uvicorn", "--port", "0").code == expected


def test_signals(jero: Command, served_by: Callable[[Serve], None]) -> None:
    """A server that hands on the signal that ended it has ended well."""

    def interrupted(_serving: object) -> None:
        raise KeyboardInterrupt

    def terminated(_serving: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    jero.write("shop.py")
    for serve in (interrupted, terminated):
        served_by(serve)
        assert jero("run", "shop:app", "--server", "uvicorn", "--port", "0").code == 0


def test_attribute() -> None:
    """Without `jero run` there is no app in the module."""
    with pytest.raises(AttributeError):
        _ = getattr(served, "anything")  # noqa: B009 - an attribute that is not there
