"""What jero and a server logged, written line by line to a pipe from any process, and read back by a test."""

import fcntl
import json
import logging
import os
import select
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import override
from weakref import finalize

import msgspec

_EXTRAS = ("method", "template", "operation", "status", "request_id")
_WAIT_SECONDS = 10.0
_PIPE_BYTES = 1 << 20


class JSONLines(logging.Formatter):
    """Writes a record as one line of JSON; servers load it by name from their logging configuration."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "level": record.levelname,
            "logger": record.name,
            "message": _encodable(record.getMessage()),
            "exception": _encodable(self.formatException(record.exc_info)) if record.exc_info else None,
        }
        return json.dumps(line | {name: record.__dict__.get(name) for name in _EXTRAS})


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One log record; the last five are the extras of jero's own records."""

    level: str
    logger: str
    message: str
    exception: str | None
    method: str | None = None
    template: str | None = None
    operation: str | None = None
    status: int | None = None
    request_id: str | None = None

    @property
    def is_trouble(self) -> bool:
        """Whether a test has to expect it: anything from WARNING up that is not a server's own warning."""
        return self.level in {"ERROR", "CRITICAL"} or (self.level == "WARNING" and self.logger in {"jero", "asyncio"})


def logging_config(log: Path) -> Mapping[str, object]:
    """Give a configuration that logs to the pipe: jero from DEBUG, servers from INFO, the rest from WARNING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "serving.records.JSONLines"}},
        "handlers": {"file": {"class": "logging.FileHandler", "filename": str(log), "formatter": "lines"}},
        "root": {"handlers": ["file"], "level": "WARNING"},
        "loggers": {"jero": {"level": "DEBUG"}, "uvicorn.error": {"level": "INFO"}, "_granian": {"level": "INFO"}},
    }


class Log:
    """The records of one server since the test began; those that a test asks for count as expected.

    They come through a named pipe: what was written is there to read at once, and waiting for more costs nothing.
    """

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        finalize(self, os.close, self._pipe)
        fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._records: list[Record] = []
        self._rest = b""
        self._expected = 0

    def begin(self) -> None:
        """Forget what was logged before this test."""
        self.records()
        self._records = []
        self._expected = 0

    def records(self) -> list[Record]:
        """Give the records since the test began; those of an answer are there, as jero logs first."""
        while True:
            try:
                *lines, self._rest = (self._rest + os.read(self._pipe, _PIPE_BYTES)).split(b"\n")
            except BlockingIOError:
                return list(self._records)
            self._records += [msgspec.json.decode(line, type=Record) for line in lines]

    def trouble(self) -> list[Record]:
        """Give the records that tell of something wrong."""
        return [record for record in self.records() if record.is_trouble]

    def one_error(self) -> Record:
        """Give the one record of trouble since the last time that this was asked."""
        found = self.take_trouble()
        assert len(found) == 1, f"expected one record of trouble, got {found}"
        assert (found[0].level, found[0].logger) == ("ERROR", "jero"), found
        return found[0]

    def take_trouble(self) -> list[Record]:
        """Give the records of trouble since the last time that this was asked; they count as expected."""
        found = self.trouble()[self._expected :]
        self._expected += len(found)
        return found

    def errors_of(self, logger: str) -> list[Record]:
        """Give the records of trouble of one logger; those of others count as expected, too."""
        found = self.trouble()[self._expected :]
        self._expected += len(found)
        return [record for record in found if record.logger == logger]

    def wait_for(self, matches: Callable[[Record], bool]) -> Record:
        """Wait for a record that no answer tells of, such as of a client that left."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while (remaining := deadline - time.monotonic()) > 0:
            for record in self.records():
                if matches(record):
                    return record
            select.select([self._pipe], [], [], remaining)
        raise AssertionError(f"no such record was logged; there are {self.records()}")

    def end(self) -> None:
        """Fail where there was trouble that the test did not ask for."""
        unexpected = self.trouble()[self._expected :]
        assert not unexpected, "\n".join(
            f"unexpected: {it.level} {it.logger} {it.message}\n{it.exception or ''}" for it in unexpected
        )
