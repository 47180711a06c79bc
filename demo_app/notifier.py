"""Wakes those in this process who wait for changes. It says that something changed; the database says what."""

import asyncio


class ChangeNotifier:
    """Tells readers to look again: each takes an event before it looks, and waits for it where it found nothing."""

    def __init__(self) -> None:
        """Begin with nothing to tell."""
        self._next = asyncio.Event()

    def next_notice(self) -> asyncio.Event:
        """Give the event that the next `notify` sets."""
        return self._next

    def notify(self) -> None:
        """Wake all who wait."""
        self._next.set()
        self._next = asyncio.Event()
