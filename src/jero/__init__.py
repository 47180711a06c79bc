"""jero: typed JSON APIs from plain classes. This is its one door: everything public, nothing else."""

from jero.app import BaseApp
from jero.auth import Authenticator
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

__all__ = [
    "AuthenticationRequiredError",
    "Authenticator",
    "BadRequestError",
    "BaseApp",
    "BaseFactory",
    "BytesResponse",
    "ClientDisconnectedError",
    "ConflictError",
    "ContentTooLargeError",
    "Endpoint",
    "EndpointMeta",
    "ForbiddenError",
    "GoneError",
    "HTTPError",
    "InternalServerError",
    "InvalidInput",
    "JSONResponse",
    "MalformedRequestError",
    "MethodNotAllowedError",
    "NotFoundError",
    "OperationMeta",
    "PreconditionFailedError",
    "RawHeaders",
    "RequestTimeoutError",
    "Resource",
    "ResourceMeta",
    "ServiceUnavailableError",
    "TooManyRequestsError",
    "URITooLongError",
    "UnsupportedMediaTypeError",
    "ValidationFailedError",
    "WiringError",
    "WiringFault",
]
