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

        for fault in error.faults:
            print(fault.location, fault.code, fault.problem, fault.remedy)

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
    """Raised at startup, never at request time; `faults` holds every mistake of the app, in a stable order.

        def test_wiring() -> None:
            with pytest.raises(WiringError) as caught:
                TestClient(BrokenApp())
            assert [fault.code for fault in caught.value.faults] == ["JERO-W101"]

    Its text has each fault with its code, its place, what is wrong and what to do. Every code has a page in the
    documentation, which `jero explain JERO-W101` shows, too.
    """

    def __init__(self, faults: Sequence[WiringFault]) -> None:
        self.faults = tuple(faults)
        count = "1 wiring fault" if len(self.faults) == 1 else f"{len(self.faults)} wiring faults"
        super().__init__("\n\n".join([count, *map(str, self.faults)]))


class HTTPError(Exception):
    """Ends a request with an error response: an RFC 9457 body, `application/problem+json`.

        raise HTTPError(404, "widget not found")

    Raise it anywhere in a handler, an authenticator or a service. `status` is 400 to 599; `detail` is for the client;
    `headers` are added to the response (`Retry-After`, ...).

    Subclass it for an error with a stable identity, checked when the class is defined:

        class OutOfStock(HTTPError, status=409, type="out-of-stock", title="Out of stock"):
            pass

        raise OutOfStock("only 3 left")  # or OutOfStock()

    Where the subclass is a dataclass, its fields become extension members of the body (RFC 9457, section 3.2).

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

    def __new__(cls, *_arguments: Any, **_fields: Any) -> Self:  # noqa: D102 - editors would show it in place of the class's
        # Takes whatever the class's own `__init__` does, and refuses a frozen dataclass: Python itself writes to an
        # exception that passes (its traceback, its context).
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
    """400: the application does not accept what was asked, for a reason that no more precise error names.

        raise BadRequestError("`from` is later than `to`")

    RFC 9110, section 15.5.1.
    """


class MalformedRequestError(HTTPError, status=400, type="malformed-request"):
    """400: the request cannot be read (not JSON, a query that is no UTF-8, a form without its boundary).

        raise MalformedRequestError("the signature is not base64")

    jero raises it itself; RFC 9110, section 15.5.1.
    """


class AuthenticationRequiredError(HTTPError, status=401, type="authentication-required"):
    """401: no credentials, or credentials that are not valid (RFC 9110, section 15.5.2).

        raise AuthenticationRequiredError("this token has expired")

    Raised by an authenticator, it is answered with the authenticator's `challenge` as `WWW-Authenticate`.
    """


class ForbiddenError(HTTPError, status=403, type="forbidden"):
    """403: the credentials are valid and do not suffice (RFC 9110, section 15.5.4).

        raise ForbiddenError("only its owner may delete a widget")

    Raise NotFoundError in its place where even that the thing exists is to stay unknown.
    """


class NotFoundError(HTTPError, status=404, type="not-found"):
    """404: there is nothing at this URL, or no such thing (RFC 9110, section 15.5.5).

        raise NotFoundError(f"there is no widget {path.widget_id}")

    jero answers with it where no route matches, or a slot does not convert.
    """


class MethodNotAllowedError(HTTPError, status=405, type="method-not-allowed"):
    """405: the URL exists and does not serve this method; `Allow` says which it does (RFC 9110, section 15.5.6).

        raise MethodNotAllowedError(headers={"Allow": "GET, HEAD, OPTIONS"})

    jero answers with it; an application hardly needs to.
    """


class RequestTimeoutError(HTTPError, status=408, type="request-timeout"):
    """408: the request's body stopped coming (RFC 9110, section 15.5.9).

        app = App(body_timeout=60.0)  # seconds without progress (30)

    jero raises it, also while a handler reads a `content_stream` or `json_stream`.
    """


class ConflictError(HTTPError, status=409, type="conflict"):
    """409: the request contradicts the present state (RFC 9110, section 15.5.10).

        raise ConflictError("this name is taken")

    For an error of your own with a stable identity see HTTPError.
    """


class GoneError(HTTPError, status=410, type="gone"):
    """410: what was here has been removed for good (RFC 9110, section 15.5.11).

        raise GoneError("this widget was withdrawn in 2025")

    NotFoundError says nothing about what was.
    """


class PreconditionFailedError(HTTPError, status=412, type="precondition-failed"):
    """412: a condition of the request headers does not hold (RFC 9110, section 15.5.13).

        raise PreconditionFailedError("the widget has changed since")  # its ETag is not the one of `If-Match`

    The handler checks the condition: jero evaluates none of `If-Match`, `If-None-Match` and the like.
    """


class ContentTooLargeError(HTTPError, status=413, type="content-too-large"):
    """413: the body is larger than the operation accepts (RFC 9110, section 15.5.14).

        self._include_resource(Images(), max_form=100 * MIB)  # in `_wire`: more than the default

    jero raises it, also while a handler reads a `content_stream`; see `jero.limits.Limits`.
    """


class URITooLongError(HTTPError, status=414, type="uri-too-long"):
    """414: the query string is longer than the operation accepts (RFC 9110, section 15.5.15).

        app = App(max_query=64 * KIB)  # bytes (16 KiB)

    jero raises it.
    """


class UnsupportedMediaTypeError(HTTPError, status=415, type="unsupported-media-type"):
    """415: the body's `Content-Type` or `Content-Encoding` is not one that the operation reads.

        raise UnsupportedMediaTypeError("send a PNG")

    jero raises it for `json` and `form`; the type of `content` is the handler's to check. RFC 9110, section 15.5.16.
    """


class TooManyRequestsError(HTTPError, status=429, type="too-many-requests"):
    """429: the client is asked to slow down; give `Retry-After` in `headers` (RFC 6585, section 4).

        raise TooManyRequestsError("ten uploads an hour", headers={"Retry-After": "600"})

    jero itself counts no requests.
    """


class InternalServerError(HTTPError, status=500, type="internal-server-error"):
    """500: the server failed; what happened is in its log, never in the body (RFC 9110, section 15.6.1).

        raise InternalServerError  # hardly ever: any exception that is no HTTPError is answered so

    jero logs such an exception once, at ERROR, on the logger `jero`.
    """


class ServiceUnavailableError(HTTPError, status=503, type="service-unavailable"):
    """503: the server cannot answer now; give `Retry-After` in `headers` where it is known.

        raise ServiceUnavailableError("the database is restarting", headers={"Retry-After": "5"})

    RFC 9110, section 15.6.4.
    """


class InvalidInput(Struct, frozen=True):
    """One invalid place of a request: its source, an RFC 6901 fragment pointer in wire names, and what is wrong.

        InvalidInput(source="json", pointer="#/items/3/price", detail="must not be below the cost")

    See `ValidationFailedError`, which carries them to the client.
    """

    source: str
    pointer: str
    detail: str


class ValidationFailedError(HTTPError, status=422, type="validation-failed", title="Validation Failed"):
    """422 (400 where a query or header is at fault): what was sent does not fit; `errors` names every place.

        raise ValidationFailedError(
            errors=[InvalidInput(source="json", pointer="#/price", detail="must not be below the cost")]
        )

    jero raises it with the errors of all sources at once, up to 100; `truncated` says that there are more. A
    handler can raise it for what only the application knows; that is answered with 422 (RFC 9110, section 15.5.21).
    """

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
    """The client left while its request was being read. Answers nothing; logged at debug.

        try:
            async for chunk in content_stream:
                await file.write(chunk)
        except ClientDisconnectedError:
            await file.remove()
            raise

    Only a handler that reads a `content_stream` or `json_stream` ever sees it.
    """
