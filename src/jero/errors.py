"""What can go wrong, in the words of an application: wiring faults at startup, HTTP errors of a request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, overload

from msgspec import Struct

from jero._error_types import check_declaration, check_status, phrase

type HeaderInput = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class WiringFault:
    """One mistake in an application's classes, found at startup.

    `code` is stable (`JERO-W###`, explained in docs/errors), `subject` names the class, method and argument,
    `location` is `file:line` where it is known, `problem` says what is wrong and `remedy` what to do.
    """

    code: str
    subject: str
    location: str | None
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"\n  at {self.location}" if self.location else ""
        return f"{self.code} {self.subject}{place}\n  fault:  {self.problem}\n  remedy: {self.remedy}"


class WiringError(TypeError):
    """Raised at startup, never at request time; `faults` holds every mistake of the app, in a stable order."""

    def __init__(self, faults: Sequence[WiringFault]) -> None:
        self.faults = tuple(faults)
        count = "1 wiring fault" if len(self.faults) == 1 else f"{len(self.faults)} wiring faults"
        super().__init__("\n\n".join([count, *map(str, self.faults)]))


class HTTPError(Exception):
    """Ends a request with an error response: an RFC 9457 body, `application/problem+json`.

    Raise it anywhere in a handler, an authenticator or a service: `HTTPError(404, "widget not found")`.
    `status` is 400 to 599; `detail` is for the client; `headers` are added to the response (`Retry-After`, ...).

    Subclass it for an error with a stable identity, checked when the class is defined:
    `class OutOfStock(HTTPError, status=409, type="out-of-stock", title="Out of stock")`, raised as `OutOfStock()`
    or `OutOfStock("only 3 left")`. Where the subclass is a dataclass, its fields become extension members of the
    body (RFC 9457, section 3.2).

    Raises ValueError for a status outside 400 to 599, TypeError for arguments that do not fit the class.
    """

    declared_status: ClassVar[int | None] = None
    status: int = 500
    type: str = "about:blank"
    title: str = ""
    detail: str | None = None
    headers: HeaderInput | None = None

    def __init_subclass__(
        cls,
        *,
        status: int | None = None,
        type: str | None = None,  # noqa: A002 - RFC 9457's name
        title: str | None = None,
    ) -> None:
        super().__init_subclass__()
        check_declaration(cls, status, type, title)
        if status is not None:
            cls.declared_status = cls.status = status
            cls.title = phrase(status)
        if type is not None:
            cls.type = type
        if title is not None:
            cls.title = title

    def __new__(cls, *_arguments: Any, **_fields: Any) -> Self:  # whatever the class's own `__init__` takes
        """Refuse a frozen dataclass: Python itself writes to an exception that passes (its traceback, its context)."""
        if getattr(getattr(cls, "__dataclass_params__", None), "frozen", False):
            raise TypeError(
                f"class {cls.__name__}(HTTPError): an exception cannot be frozen; write `@dataclass` without it"
            )
        return super().__new__(cls)

    @overload
    def __init__(self, status: int, detail: str | None = None, *, headers: HeaderInput | None = None) -> None: ...
    @overload
    def __init__(self, detail: str | None = None, /, *, headers: HeaderInput | None = None) -> None: ...
    @overload
    def __init__(self, *, detail: str | None, headers: HeaderInput | None = None) -> None: ...
    def __init__(
        self,
        status: int | str | None = None,
        detail: str | None = None,
        *,
        headers: HeaderInput | None = None,
    ) -> None:
        if self.declared_status is not None:
            if isinstance(status, int) or (status is not None and detail is not None):
                raise TypeError(
                    f"{type(self).__name__}(): its status is declared as {self.declared_status}; pass only a detail"
                )
            detail = status if detail is None else detail
        elif not isinstance(status, int) or isinstance(status, bool):
            raise TypeError(
                f"{type(self).__name__}(): the first argument must be a status from 400 to 599, got {status!r};"
                " pass one, or declare it with `class ...(HTTPError, status=...)`"
            )
        else:
            check_status(type(self).__name__, status)
            self.status = status
            self.title = phrase(status)
        self.detail = detail
        self.headers = headers
        super().__init__(status, detail) if self.declared_status is None else super().__init__(detail)

    def __str__(self) -> str:
        label = f"{self.status} {self.title}".rstrip()
        return f"{label}: {self.detail}" if self.detail else label


class BadRequestError(HTTPError, status=400, type="bad-request"):
    """400: the application does not accept what was asked, for a reason that no more precise error names."""


class MalformedRequestError(HTTPError, status=400, type="malformed-request"):
    """400: the request cannot be read (not JSON, a query or header that does not convert)."""


class AuthenticationRequiredError(HTTPError, status=401, type="authentication-required"):
    """401: no credentials, or credentials that are not valid (RFC 9110, section 15.5.2)."""


class ForbiddenError(HTTPError, status=403, type="forbidden"):
    """403: the credentials are valid and do not suffice."""


class NotFoundError(HTTPError, status=404, type="not-found"):
    """404: there is nothing at this URL, or no such thing."""


class MethodNotAllowedError(HTTPError, status=405, type="method-not-allowed"):
    """405: the URL exists and does not serve this method; `Allow` says which it does."""


class RequestTimeoutError(HTTPError, status=408, type="request-timeout"):
    """408: the request's body stopped coming."""


class ConflictError(HTTPError, status=409, type="conflict"):
    """409: the request contradicts the present state."""


class GoneError(HTTPError, status=410, type="gone"):
    """410: what was here has been removed for good."""


class PreconditionFailedError(HTTPError, status=412, type="precondition-failed"):
    """412: a condition of the request headers does not hold."""


class ContentTooLargeError(HTTPError, status=413, type="content-too-large"):
    """413: the body is larger than the operation accepts."""


class URITooLongError(HTTPError, status=414, type="uri-too-long"):
    """414: the query string is longer than the operation accepts."""


class UnsupportedMediaTypeError(HTTPError, status=415, type="unsupported-media-type"):
    """415: the body's `Content-Type` or `Content-Encoding` is not one that the operation reads."""


class TooManyRequestsError(HTTPError, status=429, type="too-many-requests"):
    """429: the client is asked to slow down; give `Retry-After` in `headers`."""


class InternalServerError(HTTPError, status=500, type="internal-server-error"):
    """500: the server failed; what happened is in its log, never in the body."""


class ServiceUnavailableError(HTTPError, status=503, type="service-unavailable"):
    """503: the server cannot answer now; give `Retry-After` in `headers` where it is known."""


class InvalidInput(Struct, frozen=True):
    """One invalid place of a request: its source, an RFC 6901 fragment pointer in wire names, and what is wrong."""

    source: str
    pointer: str
    detail: str


class ValidationFailedError(HTTPError, status=422, type="validation-failed", title="Validation Failed"):
    """422 (400 where a query or header is at fault): what was sent does not fit; `errors` names every place."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[InvalidInput] = (),
        truncated: bool = False,
        headers: HeaderInput | None = None,
    ) -> None:
        super().__init__(detail, headers=headers)
        self.errors = tuple(errors)
        self.truncated = truncated


class ClientDisconnectedError(Exception):
    """The client left while its request was being read. Answers nothing; logged at debug."""
