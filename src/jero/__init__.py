"""jero: typed JSON APIs from plain classes. This is its one door: everything public, nothing else."""

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
from jero.headers import RawHeaders
from jero.lifecycle import BaseFactory
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

__all__ = [
    "AuthenticationRequiredError",
    "Authenticator",
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
    "ForbiddenError",
    "GoneError",
    "HTTPError",
    "InternalServerError",
    "InvalidInput",
    "JSONResponse",
    "MalformedRequestError",
    "MethodNotAllowedError",
    "NDJSONStream",
    "NDJSONStreamingResponse",
    "NotFoundError",
    "OperationMeta",
    "PreconditionFailedError",
    "RawHeaders",
    "RequestTimeoutError",
    "Resource",
    "ResourceMeta",
    "SSEResponse",
    "ServerSentEvent",
    "ServiceUnavailableError",
    "StreamingResponse",
    "TooManyRequestsError",
    "URITooLongError",
    "UnsupportedMediaTypeError",
    "ValidationFailedError",
    "WiringError",
    "WiringFault",
]
