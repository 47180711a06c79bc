"""What is left in a server's process, of an app that has `apps.leftovers`, before clients came and after they went."""

import msgspec
from apps.leftovers import Left
from serving.clients import Client

_TRIES = 200


def count_left(client: Client) -> Left:
    """Count."""
    return msgspec.json.decode(client.get("/leftovers").body, type=Left)


def count_left_until(client: Client, expected: Left) -> Left:
    """Count until the server has seen that its clients are gone; give what is left after many a request if it has not.

    Each count is a request, in which a server sees what has happened to its other connections.
    """
    tries = iter(range(_TRIES))
    while (left := count_left(client)) != expected and next(tries, None) is not None:
        pass
    return left
