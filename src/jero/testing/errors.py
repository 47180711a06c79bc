"""What a test client raises when the app under test fails, or breaks the specification."""

import reprlib

_repr = reprlib.Repr(maxstring=80, maxother=80, maxlist=20, maxtuple=20, maxdict=20, maxlevel=4)


class ASGIViolationError(AssertionError):
    """The app broke the ASGI 3 specification, or HTTP as RFC 9110 has it.

        with pytest.raises(ASGIViolationError, match="content-length"):
            client.get("/broken")

    `sent` is the message that broke it (or a text, where the fault is a missing message), `fault` says what
    is wrong with it, `demand` what the specification demands.
    """

    def __init__(self, sent: object, fault: str, demand: str) -> None:
        self.sent = sent
        self.fault = fault
        self.demand = demand
        subject = sent if isinstance(sent, str) else f"the app sent {_repr.repr(sent)}"
        super().__init__(f"{subject}: {fault}; {demand}")


class AppStillRunningError(AssertionError):
    """The app's task did not end in time after the response was complete or the client had left.

    The time is the client's `exit_timeout`, in seconds. The task was cancelled.
    """


class LifespanError(Exception):
    """The app answered `lifespan.startup.failed` or `lifespan.shutdown.failed`, and reported no exception.

    `phase` is `startup` or `shutdown`; `message` is the text that the app gave with it, possibly empty.
    """

    def __init__(self, phase: str, message: str) -> None:
        self.phase = phase
        self.message = message
        super().__init__(f"lifespan.{phase}.failed: {message or 'the app gave no message'}")


class NoResponseError(Exception):
    """The app returned without sending any part of a response.

        with pytest.raises(NoResponseError):
            client.get("/silent")

    A `BaseApp` answers every request that arrives whole: this is for other ASGI apps, and for middleware.
    """


class IncompleteResponseError(Exception):
    """The app began a response and ended without its last part (`more_body=False`).

        with pytest.raises(IncompleteResponseError) as caught:
            client.get("/rows")  # a stream that fails in its middle
        assert caught.value.status_code == 200

    `status_code` is the response's status. `content` is what was received of the body and not yet handed
    out: all of it after a plain request, nothing after a stream. `__cause__` is the exception that the app
    let out, if it did.
    """

    def __init__(self, message: str, *, status_code: int, content: bytes) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.content = content


class ClientDisconnectedError(OSError):
    """Raised into the app by `send()` after the client has left, where the test client is told to do so.

    ASGI (HTTP, version 2.4) has servers raise an `OSError` there.
    """
