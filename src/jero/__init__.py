"""jero: typed JSON APIs from plain classes. This is its one door: everything public, nothing else."""

from typing import TYPE_CHECKING

from jero.app import BaseApp
from jero.auth import Authenticator
from jero.error_handling import ExceptionHandler
from jero.errors import (
    AuthenticationRequiredError,
    BadRequestError,
    ClientDisconnectedError,
    ConflictError,
    ContentTooLargeError,
    ForbiddenError,
    GoneError,
    HTTPError,
    InternalServerError,
    InvalidInput,
    MalformedRequestError,
    MethodNotAllowedError,
    NotFoundError,
    PreconditionFailedError,
    RequestTimeoutError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnsupportedMediaTypeError,
    URITooLongError,
    ValidationFailedError,
    WiringError,
    WiringFault,
)
from jero.forms import FilePart, FormPart, SpooledFilePart
from jero.headers import RawHeaders
from jero.lifecycle import BaseFactory
from jero.links import Link, Location
from jero.operations import Endpoint, EndpointMeta, OperationMeta, Resource, ResourceMeta
from jero.responses import BytesResponse, JSONResponse
from jero.streaming import (
    ContentStream,
    NDJSONStream,
    NDJSONStreamingResponse,
    ServerSentEvent,
    SSEResponse,
    StreamingResponse,
)

if TYPE_CHECKING:
    from jero.background import BackgroundTasks, QueueFull
    from jero.serving import serve
    from jero.testing import (
        ASGIViolationError,
        AsyncTestClient,
        FactoryHarness,
        IncompleteResponseError,
        NoResponseError,
        TestClient,
        TestResponse,
        TestSSEEvent,
    )

__all__ = [
    "ASGIViolationError",
    "AsyncTestClient",
    "AuthenticationRequiredError",
    "Authenticator",
    "BackgroundTasks",
    "BadRequestError",
    "BaseApp",
    "BaseFactory",
    "BytesResponse",
    "ClientDisconnectedError",
    "ConflictError",
    "ContentStream",
    "ContentTooLargeError",
    "Endpoint",
    "EndpointMeta",
    "ExceptionHandler",
    "FactoryHarness",
    "FilePart",
    "ForbiddenError",
    "FormPart",
    "GoneError",
    "HTTPError",
    "IncompleteResponseError",
    "InternalServerError",
    "InvalidInput",
    "JSONResponse",
    "Link",
    "Location",
    "MalformedRequestError",
    "MethodNotAllowedError",
    "NDJSONStream",
    "NDJSONStreamingResponse",
    "NoResponseError",
    "NotFoundError",
    "OperationMeta",
    "PreconditionFailedError",
    "QueueFull",
    "RawHeaders",
    "RequestTimeoutError",
    "Resource",
    "ResourceMeta",
    "SSEResponse",
    "ServerSentEvent",
    "ServiceUnavailableError",
    "SpooledFilePart",
    "StreamingResponse",
    "TestClient",
    "TestResponse",
    "TestSSEEvent",
    "TooManyRequestsError",
    "URITooLongError",
    "UnsupportedMediaTypeError",
    "ValidationFailedError",
    "WiringError",
    "WiringFault",
    "serve",
]


def __getattr__(name: str) -> object:
    """Give what not every app uses: imported where it is asked for, from then on a name as any other."""
    from importlib import import_module  # noqa: PLC0415 - editors would offer it as a name of jero

    modules = {
        "BackgroundTasks": "jero.background",
        "QueueFull": "jero.background",
        "serve": "jero.serving",
        "ASGIViolationError": "jero.testing",
        "AsyncTestClient": "jero.testing",
        "FactoryHarness": "jero.testing",
        "IncompleteResponseError": "jero.testing",
        "NoResponseError": "jero.testing",
        "TestClient": "jero.testing",
        "TestResponse": "jero.testing",
        "TestSSEEvent": "jero.testing",
    }
    if name not in modules:
        raise AttributeError(f"module 'jero' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(modules[name]), name)
    return value


def __dir__() -> list[str]:
    """Give what is public, imported yet or not: what completion shows at a prompt."""
    return sorted({*__all__, *(name for name in globals() if name.islower() and not name.startswith("_"))})
