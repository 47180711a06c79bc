"""A database that speaks one word over TCP, and that a test can have go away in the midst of a request."""

import socket
import threading
from contextlib import suppress


class TCPDatabase:
    """Answers `row` to `get` on a port of 127.0.0.1; while `is_gone`, it hangs up instead."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.is_gone = False
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """End it."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                connection, _ = self._listener.accept()
                with connection, suppress(OSError):
                    connection.recv(100)
                    if not self.is_gone:
                        connection.sendall(b"row\n")
