"""What a client that left could leave behind in the process of an app: an endpoint counts it."""

import asyncio
import gc
from pathlib import Path

from msgspec import Struct

from jero import Endpoint


class Left(Struct, frozen=True):
    tasks: int
    descriptors: int


class Leftovers(Endpoint, path="/leftovers"):
    def get(self) -> Left:
        """Count the tasks and the descriptors of this process."""
        gc.collect()
        return Left(len(asyncio.all_tasks()), len(list(Path("/proc/self/fd").iterdir())))
