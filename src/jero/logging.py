"""A preset for `logging.config.dictConfig` that writes JSON lines. jero configures nothing by itself.

All of jero's records come from the logger `jero` and those below it. Those about a request carry the fields `method`,
`template`, `operation`, `status` and `request_id`. No record holds a body, a query, `Authorization` or `Cookie`.
"""

import datetime as dt
import logging
from typing import override

import msgspec


def json_lines(level: str = "INFO", stream: str = "ext://sys.stderr") -> dict[str, object]:
    """Give a `dictConfig` dictionary: every logger at `level` and above, one JSON object a line, to `stream`.

        logging.config.dictConfig(jero.logging.json_lines())

    before the server starts, or at the top of the app's module. `stream` is named as `dictConfig` names things
    (`"ext://sys.stdout"`); it is the standard error where none is given. Servers take it as well: `log_config=` of
    `jero.serve` and uvicorn, or, as a JSON file, `--log-config` of uvicorn and granian.
    """
    handler = {"class": "logging.StreamHandler", "formatter": "json_lines", "stream": stream}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json_lines": {"()": "jero.logging.JSONLinesFormatter"}},
        "handlers": {"console": handler, "access": handler},  # the names that granian's own loggers ask for
        "root": {"level": level, "handlers": ["console"]},
    }


class JSONLinesFormatter(logging.Formatter):
    """One record, one line: `time` (RFC 3339, UTC), `level`, `logger`, `message`, the `extra` fields, `exception`.

        handler.setFormatter(JSONLinesFormatter())

    What JSON has no form for is written as `str` gives it. A traceback stays in its line, under `exception`.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Give a record as its line, without the line break."""
        time = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line: dict[str, object] = {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD and key not in line}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        encoded = msgspec.json.encode(line, enc_hook=str)
        return encoded.decode()


_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
