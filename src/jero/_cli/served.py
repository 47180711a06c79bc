"""What the processes of a server import: the app that `jero run` named, as `app`, its start told on the console."""

import logging
import os
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, override

import msgspec
from rich.text import Text

from jero._cli.console import print_stop, standard_error
from jero._cli.loading import get_app
from jero._cli.location import Target, put_on_path
from jero._cli.reports import operations, print_faults
from jero._cli.stops import Stop
from jero._engine import ENGINE_CLASS, Engine
from jero._plan import AppPlan
from jero.app import BaseApp
from jero.errors import WiringError

SERVED = f"{__name__}:app"
"""What a server is given to import."""

SETTINGS = "JERO_RUN"
"""The variable of the environment by which `jero run` tells its processes what to serve."""

CANNOT_START = 3
"""The exit code of a process that cannot make its app: uvicorn starts no other in its place then."""


class Settings(msgspec.Struct):
    """Which app, from which folders, and what it logs: `log_level` and above; None where `--log-config` says it.

    `marker` is the file that the first process writes to whose app cannot start: the others need not tell it again.
    None where each start is told, as where an app is reloaded.
    """

    module: str
    attribute: str
    said_by: str
    folders: list[str]
    log_level: str | None
    marker: str | None


class ServedEngine(Engine):
    """An engine that tells people at a console how its app has started."""

    @override
    async def compile(self, wire: Callable[[], Awaitable[None]]) -> AppPlan:
        try:
            plan = await super().compile(wire)
        except Exception as error:
            with _telling_once() as is_first:
                if is_first and isinstance(error, WiringError):
                    print_faults(error.faults, standard_error())
            raise
        text = f"  has  {operations(len(plan.operations))}, wired in process {os.getpid()}"
        standard_error().print(Text(text), soft_wrap=True)
        return plan


def tell_of_starts() -> None:
    """Have the apps that are constructed from here on tell how they start."""
    ENGINE_CLASS.set(ServedEngine)


def __getattr__(name: str) -> object:
    """Make the app when a server asks for it; where it cannot be made, say why and end the process."""
    if name != "app" or SETTINGS not in os.environ:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    app = globals()["app"] = _make_app(_read_settings())
    return app


def _read_settings() -> Settings:
    return msgspec.json.decode(os.environ[SETTINGS], type=Settings)


@contextmanager
def _telling_once() -> Generator[bool]:
    """Tell in the block why the app cannot start, where this process is the first that knows.

    The others wait meanwhile: the end of any of them has the server stop them all.
    """
    marker = _read_settings().marker
    if marker is None:
        yield True
        return
    with Path(marker).open("a") as file:
        _lock(file)  # until it is closed
        is_first = file.tell() == 0
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield is_first


def _lock(file: IO[str]) -> None:
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - not on Windows, where the first may be ended while it tells

        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0, os.SEEK_END)


def _make_app(settings: Settings) -> BaseApp[Any]:
    put_on_path(*map(Path, settings.folders))
    tell_of_starts()
    try:
        target = Target(settings.module, settings.attribute, settings.said_by, Path(settings.folders[-1]))
        app = get_app(target)
    except WiringError as error:  # of the factory, the limits or the environment
        with _telling_once() as is_first:
            if is_first:
                print_faults(error.faults, standard_error())
        sys.exit(CANNOT_START)
    except Stop as stop:
        with _telling_once() as is_first:
            if is_first:
                print_stop(stop)
        sys.exit(CANNOT_START)
    _set_up_logging(settings.log_level)
    return app


def _set_up_logging(level: str | None) -> None:
    """Show what is logged, unless a file or the app has seen to that; its faults have been told already."""
    logging.getLogger("jero").addFilter(_is_untold)
    if level is not None and not logging.getLogger().handlers:
        logging.basicConfig(level=level.upper(), format="%(levelname)s %(name)s: %(message)s")


def _is_untold(record: logging.LogRecord) -> bool:
    told = record.args[0] if isinstance(record.args, tuple) and record.args else None
    return not isinstance(told, WiringError)
