"""The exception funnel: whatever ends a request becomes one reply and, where the server is at fault, one log record."""

import asyncio
import logging

from jero._plan import OperationPlan
from jero._runtime.body import printable
from jero._runtime.problems import problem_reply
from jero._runtime.reply import BufferedReply
from jero._runtime.request import Request
from jero.errors import ClientDisconnectedError, HTTPError, InternalServerError

logger = logging.getLogger("jero")

_SERVER_ERROR = 500
_PASS = (GeneratorExit, KeyboardInterrupt)


class Failures:
    """Turns exceptions into replies for one app."""

    async def reply(
        self, error: BaseException, request: Request, plan: OperationPlan | None
    ) -> BufferedReply | None:
        """Give the reply of a failed request; None where the client has left and nothing is to be answered.

        Raises the error itself where it is not the request's: the server cancels the task, or the process ends.
        """
        if isinstance(error, ClientDisconnectedError):
            _log(logging.DEBUG, "the client left", request, plan, None, None)
            return None
        if isinstance(error, _PASS) or (isinstance(error, asyncio.CancelledError) and _is_cancelled()):
            raise error
        if isinstance(error, HTTPError):
            try:
                reply = problem_reply(error)
            except Exception as failure:  # noqa: BLE001 - an error that cannot be sent is logged and answered as 500
                error = failure
            else:
                if error.status >= _SERVER_ERROR:
                    _log(
                        logging.ERROR,
                        "answered with an error of the server",
                        request,
                        plan,
                        error.status,
                        error,
                    )
                return reply
        request.failed(error)
        _log(logging.ERROR, f"failed with {type(error).__name__}", request, plan, _SERVER_ERROR, error)
        return problem_reply(InternalServerError())

    def log_departure(self, request: Request, plan: OperationPlan, reason: str = "the client left") -> None:
        """Log that a stream ended early for no fault of anybody's."""
        _log(logging.DEBUG, f"the stream ended early: {reason}", request, plan, None, None)

    def log_broken_stream(self, error: BaseException, request: Request, plan: OperationPlan) -> None:
        """Log what broke a stream whose headers had left; the client sees a response that is cut off."""
        request.failed(error)
        _log(logging.ERROR, f"the stream broke with {type(error).__name__}", request, plan, None, error)

    def log_teardown(self, error: BaseException, request: Request, plan: OperationPlan) -> None:
        """Log what the teardown of a stream raised; it replaces no other error."""
        _log(
            logging.ERROR,
            f"the teardown of the stream failed with {type(error).__name__}",
            request,
            plan,
            None,
            error,
        )


def _is_cancelled() -> bool:
    """Say whether it is the task that is being cancelled, rather than a CancelledError that a handler let out."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _log(
    level: int,
    what: str,
    request: Request,
    plan: OperationPlan | None,
    status: int | None,
    error: BaseException | None,
) -> None:
    template = plan.template if plan is not None else printable(request.path, 200)
    extra = {
        "method": printable(request.method),
        "template": template,
        "operation": plan.subject if plan is not None else None,
        "status": status,
        "request_id": _request_id(request),
    }
    logger.log(level, "%s %s: %s", extra["method"], template, what, exc_info=error, extra=extra)


def _request_id(request: Request) -> str | None:
    value = next((value for name, value in request.headers if name == b"x-request-id"), None)
    return None if value is None else printable(value.decode("latin-1"))
