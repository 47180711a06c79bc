"""Log records about a request: one form, structured fields, nothing secret, nothing that could forge a line."""

import logging

from jero._plan import OperationPlan
from jero._runtime.printable import printable
from jero._runtime.request import Request

logger = logging.getLogger("jero")

_PATH_LENGTH = 200


def log_request(  # noqa: PLR0913 - the fields of one record
    level: int,
    what: str,
    request: Request,
    plan: OperationPlan | None,
    *,
    status: int | None = None,
    error: BaseException | None = None,
) -> None:
    """Log what happened to a request, with `method`, `template`, `operation`, `status`, `request_id` as fields.

    An unrouted request has no template: its path stands there, escaped and cut. Headers and bodies never appear,
    but for `X-Request-ID`, escaped.
    """
    if not logger.isEnabledFor(level):
        return
    method = printable(request.method)
    template = plan.template if plan is not None else printable(request.path, _PATH_LENGTH)
    extra = {
        "method": method,
        "template": template,
        "operation": plan.subject if plan is not None else None,
        "status": status,
        "request_id": _request_id(request),
    }
    logger.log(level, "%s %s: %s", method, template, what, exc_info=error, extra=extra)


def log_unsent(request: Request, plan: OperationPlan | None = None) -> None:
    """Log that a client left while it was answered, for no fault of anybody's."""
    log_request(logging.DEBUG, "the client left while it was answered", request, plan)


def _request_id(request: Request) -> str | None:
    value = next((value for name, value in request.headers if name == b"x-request-id"), None)
    return None if value is None else printable(value.decode("latin-1"))
