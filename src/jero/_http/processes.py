"""The processes that serve an app, run and watched by uvicorn, and how they end: what the exit code tells."""

import logging
import sys
from multiprocessing import current_process
from pathlib import Path
from typing import override

from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import ChangeReload, Multiprocess

logger = logging.getLogger("jero")


class ProcessConfig(Config):
    """uvicorn's settings; a worker that cannot load its app ends in the way that says: start no other in its place."""

    @override
    def load(self) -> None:
        """Load the app. Raises SystemExit(3) in one of several workers where that fails, whatever it raised."""
        try:
            super().load()
        except (Exception, SystemExit) as error:
            if self.workers == 1 or self.should_reload:
                raise
            if not isinstance(error, SystemExit):  # who exits has said why
                logger.critical("the app cannot be loaded", exc_info=error)
            raise SystemExit(STARTUP_FAILURE) from None


def run_processes(config: Config) -> None:
    """Serve in as many processes as are set, until a signal ends them.

    Raises SystemExit(3) where the app cannot start, or the address cannot be listened at.
    """
    try:
        if config.should_reload:
            ChangeReload(config, target=Server(config).run, sockets=[config.bind_socket()]).run()
        elif config.workers > 1:
            _run_workers(config)
        else:
            _run_here(config)
    except KeyboardInterrupt:
        return  # uvicorn raises the signal that has ended it again
    finally:
        if config.uds is not None:
            Path(config.uds).unlink(missing_ok=True)


def _run_workers(config: Config) -> None:
    supervisor = Multiprocess(config, sockets=[config.bind_socket()])
    try:
        supervisor.run()  # until a signal, or until a worker cannot start, which it says in the log only
    except RuntimeError:  # of `multiprocessing`
        if current_process().name == "MainProcess":
            raise
        logger.critical(
            "jero.serve: each worker imports the program that it is called in, and has called it there;"
            ' put the call under `if __name__ == "__main__":`'
        )
        raise SystemExit(STARTUP_FAILURE) from None
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        sys.exit(STARTUP_FAILURE)


def _run_here(config: Config) -> None:
    config.load_app()  # imported before there is an event loop
    server = Server(config)
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)
