"""What jero logs, and the preset that writes it as JSON lines."""

import io
import json
import logging
import subprocess
import sys

import pytest
from msgspec import Struct

import jero.logging
from jero import BaseApp, Endpoint, TestClient


class Json(Struct):
    secret: str


class Failing(Endpoint, path="/fail"):
    async def post(self, json: Json) -> None:
        raise RuntimeError("boom")


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(Failing())


def fail(headers: dict[str, str]) -> None:
    """Have the app log one failure."""
    with TestClient(App()) as client:
        client.post("/fail", json=Json("in the body"), headers=headers, params={"token": "in the query"})


def test_a_failure_is_one_record_with_fields(caplog: pytest.LogCaptureFixture) -> None:
    """A failing handler leaves one record: logger `jero`, ERROR, traceback, and fields that say where."""
    fail({"x-request-id": "r1"})
    (record,) = caplog.records
    assert (record.name, record.levelno, record.message) == (
        "jero",
        logging.ERROR,
        "POST /fail: failed with RuntimeError",
    )
    fields = {name: vars(record)[name] for name in ("method", "template", "operation", "status", "request_id")}
    assert fields == {
        "method": "POST",
        "template": "/fail",
        "operation": "Failing.post",
        "status": 500,
        "request_id": "r1",
    }
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "boom"


def test_a_request_id_cannot_forge_a_line(caplog: pytest.LogCaptureFixture) -> None:
    """Control characters of a request are escaped in the fields of a record."""
    fail({"x-request-id": "r1\x1b[2J"})
    assert vars(caplog.records[0])["request_id"] == "r1\\x1b[2J"


def test_no_secret_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """No record, traceback or field holds a body, a query, an Authorization or a Cookie header."""
    fail({"authorization": "Bearer in-the-header", "cookie": "session=in-the-cookie"})
    text = caplog.text + repr([vars(record) for record in caplog.records])
    assert not [word for word in ("in the body", "in the query", "in-the-header", "in-the-cookie") if word in text]


def test_json_lines_are_one_object_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """The preset's formatter writes time, level, logger, message, the extra fields and the traceback on one line."""
    formatter = jero.logging.JSONLinesFormatter()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.getLogger("elsewhere.test")
    monkeypatch.setattr(logger, "propagate", False)
    logger.addHandler(handler)
    try:
        raise KeyError("two\nlines")
    except KeyError:
        logger.exception("it %s", "failed\n", extra={"status": 500, "thing": object})
    text = stream.getvalue()
    assert text.count("\n") == 1
    line = json.loads(text)
    assert line.pop("time").endswith("Z")
    assert line.pop("exception").startswith("Traceback (most recent call last):\n")
    assert line == {
        "level": "ERROR",
        "logger": "elsewhere.test",
        "message": "it failed\n",
        "status": 500,
        "thing": "<class 'object'>",
    }


def test_the_preset_configures_logging() -> None:
    """`dictConfig(json_lines())` makes every logger write JSON lines to standard error, at the level asked for."""
    program = (
        "import logging, logging.config, jero.logging\n"
        "logging.config.dictConfig(jero.logging.json_lines('WARNING'))\n"
        "logging.getLogger('jero').info('quiet'); logging.getLogger('app').warning('loud')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == ["loud"]


def test_importing_jero_configures_nothing() -> None:
    """Importing jero adds no handler and sets no level."""
    program = (
        "import logging, jero, jero.logging\n"
        "print([(name, logging.getLogger(name).handlers, logging.getLogger(name).level) for name in ('', 'jero')])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[('', [], 30), ('jero', [], 0)]\n"
