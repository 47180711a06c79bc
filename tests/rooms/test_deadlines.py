"""Deadlines: which waits end, and when; by a clock that stands still until a test turns it."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import override

import pytest

from jero._runtime.deadlines import Deadlines, Wait


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time is what a test says."""

    now = 0.0

    @override
    def time(self) -> float:
        return self.now

    async def turn(self, seconds: float, step: float = 0.25) -> None:
        """Turn the clock so much further, step by step; what is due by then has been called afterwards."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + step)
            await self.settle()

    async def settle(self) -> None:
        """Let everything that is due happen."""
        for _ in range(3):  # timers, the tasks that they wake, and what these call
            due = asyncio.Event()
            self.call_soon(due.set)
            await due.wait()


def run(scenario: Callable[[Clock], Awaitable[None]]) -> None:
    """Run a scenario by a clock of its own."""
    clock = Clock()

    async def play() -> None:
        await scenario(clock)

    with asyncio.Runner(loop_factory=lambda: clock) as runner:
        runner.run(play())


class Waiting:
    """A task that waits under a deadline until something comes: `event` is what comes, `expired` what became of it."""

    def __init__(self, deadlines: Deadlines, seconds: float | None) -> None:
        self.event = asyncio.Event()
        self.expired: bool | None = None
        self.wait: Wait | None = None
        self.task = asyncio.create_task(self._wait(deadlines, seconds))

    async def _wait(self, deadlines: Deadlines, seconds: float | None) -> None:
        wait = self.wait = deadlines.start(seconds)
        try:
            await self.event.wait()
        except asyncio.CancelledError:
            self.expired = wait.take_back()
            if not self.expired:
                raise
        else:
            self.expired = False
        finally:
            deadlines.stop(wait)

    def progress(self) -> None:
        """Have the wait see that something came."""
        assert self.wait
        self.wait.progress()


@pytest.mark.parametrize("seconds", [0.5, 1.0, 4.0, 30.0])
def test_expiry(seconds: float) -> None:
    """A wait without progress ends after its limit, late by half of it or 2 s at most, and not before."""

    async def scenario(clock: Clock) -> None:
        waiting = Waiting(Deadlines(), seconds)
        await clock.turn(seconds - 0.01, 0.01)
        assert waiting.expired is None
        await clock.turn(min(seconds / 2, 2) + 0.02, 0.01)
        assert waiting.expired is True

    run(scenario)


def test_only_the_waiting_task() -> None:
    """What expires is cancelled, and nothing else: not other tasks, nor waits with more time, later begun, or ended."""

    async def scenario(clock: Clock) -> None:
        deadlines = Deadlines()
        bystander = asyncio.create_task(asyncio.Event().wait())
        expiring, patient = Waiting(deadlines, 4), Waiting(deadlines, 40)
        ended = Waiting(deadlines, 4)
        await clock.turn(3)
        ended.event.set()
        later = Waiting(deadlines, 4)
        await clock.turn(3)
        assert [it.expired for it in (expiring, patient, ended, later)] == [True, None, False, None]
        assert not bystander.cancelling()
        assert not bystander.done()
        await clock.turn(3)
        assert [patient.expired, later.expired] == [None, True]

    run(scenario)


def test_progress() -> None:
    """A wait goes on for as long as something comes, and ends when nothing does any more."""

    async def scenario(clock: Clock) -> None:
        waiting = Waiting(Deadlines(), 4)
        for _ in range(10):
            await clock.turn(3)
            waiting.progress()
        assert waiting.expired is None
        await clock.turn(6)
        assert waiting.expired is True

    run(scenario)


def test_next_wait_of_the_same_task() -> None:
    """A task that waits again and again, each time within the limit, is not ended: each wait has its whole time."""

    async def scenario(clock: Clock) -> None:
        deadlines, events = Deadlines(), [asyncio.Event() for _ in range(5)]

        async def wait_for_all() -> None:
            for event in events:
                wait = deadlines.start(4)
                await event.wait()
                deadlines.stop(wait)

        task = asyncio.create_task(wait_for_all())
        for event in events:
            await clock.turn(3)
            event.set()
        await clock.settle()
        assert task.done()
        assert not task.cancelled()

    run(scenario)


def test_taken_back_once() -> None:
    """A deadline's cancellation is taken back once: the task goes on as if it had never been cancelled."""

    async def scenario(clock: Clock) -> None:
        deadlines, answers = Deadlines(), list[bool]()

        async def wait_twice() -> str:
            wait = deadlines.start(4)
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            deadlines.stop(wait)
            answers.extend([wait.take_back(), wait.take_back()])
            await released.wait()
            return "went on"

        released = asyncio.Event()
        task = asyncio.create_task(wait_twice())
        await clock.turn(8)
        assert (answers, task.cancelling()) == ([True, False], 0)
        released.set()
        assert await task == "went on"

    run(scenario)


def test_cancelled_by_another() -> None:
    """A cancellation that is not the deadline's is not taken back."""

    async def scenario(clock: Clock) -> None:
        waiting = Waiting(Deadlines(), 4)
        await clock.turn(1)
        waiting.task.cancel()
        await clock.settle()
        assert waiting.expired is False
        assert waiting.task.cancelled()

    run(scenario)


@pytest.mark.parametrize("is_after", [True, False])
def test_cancelled_by_another_as_well(is_after: bool) -> None:
    """Where a server cancels a task at the moment in which its deadline does, the task stays cancelled."""

    async def scenario(clock: Clock) -> None:
        waiting = Waiting(Deadlines(), 4)
        await clock.settle()
        assert waiting.wait
        assert waiting.wait.seconds == 4
        watch = waiting.wait.watch
        clock.now = 2.0
        await clock.settle()
        clock.now = 6.5
        if not is_after:
            waiting.task.cancel()
        watch._sweep(clock)  # pyright: ignore[reportPrivateUsage] - at this moment, with nothing run in between
        if is_after:
            waiting.task.cancel()
        await clock.settle()
        assert waiting.expired is False
        assert waiting.task.cancelled()

    run(scenario)


def test_timer_stops() -> None:
    """The timer runs while something waits, ends once nothing does, and begins anew with the next wait."""

    async def scenario(clock: Clock) -> None:
        deadlines = Deadlines()
        watch = deadlines.watch(4)
        assert (watch.is_running, watch.seconds) == (False, 4)
        for _ in range(2):
            waiting = Waiting(deadlines, 4)
            await clock.turn(2)
            assert watch.is_running
            waiting.event.set()
            await clock.turn(2)
            assert (watch.is_running, watch.waiting) == (False, {})

    run(scenario)


def test_timer_stops_after_expiry() -> None:
    """The timer ends, too, where the last wait has expired; and the next wait expires like it."""

    async def scenario(clock: Clock) -> None:
        deadlines = Deadlines()
        for _ in range(2):
            waiting = Waiting(deadlines, 4)
            await clock.turn(9)
            assert waiting.expired is True
            assert not deadlines.watch(4).is_running

    run(scenario)


def test_no_limit() -> None:
    """Without a limit, a wait has all the time there is, and no timer runs for it."""

    async def scenario(clock: Clock) -> None:
        deadlines = Deadlines()
        waiting = Waiting(deadlines, None)
        await clock.turn(1_000_000, 100_000)
        assert waiting.expired is None
        waiting.task.cancel()
        await clock.settle()
        assert waiting.expired is False

    run(scenario)


def test_one_watch_for_each_limit() -> None:
    """Waits with one limit share their timer; their number does not matter."""
    deadlines = Deadlines()
    assert deadlines.watch(4) is deadlines.watch(4.0)
    assert deadlines.watch(4) is not deadlines.watch(5)
    assert deadlines.watch(None) is deadlines.watch(None)


def test_outside_of_tasks() -> None:
    """What waits outside of any task has none to cancel: it is left alone, and others expire."""

    async def scenario(clock: Clock) -> None:
        deadlines, began = Deadlines(), list[Wait]()
        clock.call_soon(lambda: began.append(deadlines.start(4)))
        await clock.settle()
        waiting = Waiting(deadlines, 4)
        await clock.turn(9)
        assert waiting.expired is True
        assert began[0].task is None
        assert not began[0].take_back()
        deadlines.stop(began[0])
        await clock.turn(2)
        assert not deadlines.watch(4).is_running

    run(scenario)


def test_nothing_is_kept() -> None:
    """A task whose wait ended, or expired and was not taken back, is not held for longer than a sweep."""

    async def scenario(clock: Clock) -> None:
        deadlines = Deadlines()

        async def never_take_back() -> None:
            wait = deadlines.start(4)
            try:
                await asyncio.Event().wait()
            finally:
                deadlines.stop(wait)

        kept = weakref.ref(asyncio.create_task(never_take_back()))
        await clock.turn(9)
        other = Waiting(deadlines, 4)
        await clock.turn(2)
        other.event.set()
        await clock.turn(2)
        gc.collect()
        assert kept() is None

    run(scenario)
