"""A server and all that it depends on, which a test makes fail."""

from dataclasses import dataclass
from pathlib import Path

from serving.clients import SocketClient
from serving.edges import OverSocket
from serving.processes import ServerProcess
from tcp_database import TCPDatabase


@dataclass(frozen=True, slots=True)
class Faulted:
    """A server, and what it depends on."""

    edge: OverSocket
    client: SocketClient
    process: ServerProcess
    database: TCPDatabase
    sqlite: Path
    temporary: Path
