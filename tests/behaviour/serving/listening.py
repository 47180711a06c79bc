"""Waiting until a server's process listens: some say so before they do, and only connecting tells."""

import socket
import subprocess
import time
from contextlib import suppress

_START_SECONDS = 30.0
_LOOK_SECONDS = 0.02
_ANSWER_SECONDS = 20.0


def connect(process: subprocess.Popen[str] | subprocess.Popen[bytes], port: int) -> socket.socket:
    """Connect to a port of 127.0.0.1 as soon as a server listens; fail where it ends instead, or takes too long."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        with suppress(OSError):
            return socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_SECONDS)
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"the server ended with {process.wait(_LOOK_SECONDS)} before it listened")
    raise AssertionError(f"the server does not listen after {_START_SECONDS:g} s")
