"""A server as a child process: a port that is free for it, the wait until it listens there, and its end."""

import os
import signal
import socket
import subprocess
import time

_RETRY_SECONDS = 0.02


def free_port() -> int:
    """Give a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(process: subprocess.Popen[bytes], port: int, seconds: float) -> bool:
    """Wait until a server listens on a port of 127.0.0.1; False where it ends before, or takes longer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(_RETRY_SECONDS)
        else:
            return True
    return False


def stop(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask a server to end, and after some seconds kill it with its workers; it was started in a session of its own."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # nothing else is in the group
        process.wait()
