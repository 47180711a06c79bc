"""The shape of an exception handler: any object with this one method, sync or async."""

from typing import Protocol


class ExceptionHandler[E: Exception](Protocol):
    """Answers for exceptions that a request raises, of the classes that its argument's annotation names.

        class LostDatabase:
            async def handle_exception(self, exception: OSError) -> HTTPError:
                return ServiceUnavailableError("try again soon", headers={"Retry-After": "5"})

        self._include_exception_handler(LostDatabase())

    Any object with this method is one; it need not inherit.
    It gives an `HTTPError`, a response that is not streamed (a bare body is sent with status 500), or None, which
    leaves the exception to the handler of the next class above. One that fails is logged and answered as a plain 500.
    The nearest class in the exception's MRO wins; `HTTPError` itself is nearer to an HTTPError than `Exception` is.
    """

    def handle_exception(self, exception: E) -> object:
        """Give the answer, or an awaitable of it."""
        ...
