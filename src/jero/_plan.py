"""The waist of the hourglass: what wiring decided about an operation, as frozen, printable data without behaviour."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from jero.limits import Limits


class SourceKind(StrEnum):
    """Where an argument comes from; the value is the argument's name."""

    JSON = "json"
    CONTENT = "content"
    FORM = "form"
    PARAMS = "params"
    PATH = "path"
    HEADERS = "headers"
    RAW_HEADERS = "raw_headers"
    CONTENT_STREAM = "content_stream"
    JSON_STREAM = "json_stream"
    USER = "user"


BODY_KINDS = frozenset(
    {SourceKind.JSON, SourceKind.CONTENT, SourceKind.FORM, SourceKind.CONTENT_STREAM, SourceKind.JSON_STREAM}
)
"""The sources that read the body."""


class ReturnKind(StrEnum):
    """What a result is on the wire."""

    JSON = "json"
    TEXT = "text"
    BYTES = "bytes"
    EMPTY = "empty"
    BYTES_STREAM = "bytes stream"
    NDJSON_STREAM = "ndjson stream"
    SSE_STREAM = "event stream"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a path template: static text, or the name of a slot."""

    text: str
    is_slot: bool = False


@dataclass(frozen=True, slots=True)
class TextField:
    """One field that is read from text: `wire_name` where it is found, `key` its encoded name in the Struct.

    `attribute` is its name there. `reads` lists what the text may become, of "int", "float", "bool", "decimal", "text";
    `is_plain` says that what one of them gives is always valid. `is_list` gathers repeats. A blank value counts as
    absent unless `keeps_blank`. `default` is what stands for an absent field that is not required and has no factory.
    """

    wire_name: str
    key: str
    reads: tuple[str, ...]
    is_list: bool = False
    keeps_blank: bool = False
    is_required: bool = True
    attribute: str = ""
    is_plain: bool = False
    default: object = None


class PartKind(StrEnum):
    """What a handler gets for one part of a form: its bare value, or the class named."""

    VALUE = "value"
    PART = "FormPart"
    FILE = "FilePart"
    SPOOLED_FILE = "SpooledFilePart"


FILE_KINDS = frozenset({PartKind.FILE, PartKind.SPOOLED_FILE})
"""The parts that are files."""


class PartContent(StrEnum):
    """What the content of a part is."""

    TEXT = "text"
    JSON = "json"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form: `key` is its encoded name, and the name of its parts.

    `annotation` is the field's whole type, `data_type` what the content of one part becomes. `reads` and
    `keeps_blank` are a TextField's, for content that is text; `header_fields` are what `headers_type` reads. `is_list`
    gathers repeats. A field that is not required and has no default is None where it is absent: `absent_is_none`.
    """

    key: str
    annotation: object
    kind: PartKind
    content: PartContent
    data_type: object
    reads: tuple[str, ...] = ()
    keeps_blank: bool = False
    headers_type: object = None
    header_fields: tuple[TextField, ...] = ()
    is_list: bool = False
    is_required: bool = True
    absent_is_none: bool = False


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """One handler argument: its kind, its annotation, and its fields where it is read from text or a form.

    `is_plain` says that its Struct may be built from the plain values of its fields, with nothing else to check.
    """

    kind: SourceKind
    argument: str
    annotation: object
    fields: tuple[TextField, ...] = ()
    forbids_unknown: bool = False
    is_plain: bool = False
    is_keyword_only: bool = False
    form_fields: tuple[FormField, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthPlan:
    """The authenticator that gates an operation: what it reads and gives, and the bound method to call."""

    owner: str
    headers: SourcePlan
    user_type: object
    user_classes: tuple[type, ...]
    is_async: bool
    challenge: str | None
    authenticate: Callable[..., object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One typed response header: the Struct's attribute and the name it is sent under."""

    attribute: str
    wire_name: str


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """What a handler returns: `wrapper` is the response class it comes in, None for a bare body.

    `accepts` are the classes that the body itself may be an instance of; `item_types` is empty unless a list.
    """

    kind: ReturnKind
    annotation: object
    accepts: tuple[type, ...]
    wrapper: type | None = None
    headers_type: object = None
    header_fields: tuple[HeaderField, ...] = ()


@dataclass(frozen=True, slots=True)
class OperationPlan:
    """One operation, decided: everything the runtime, the documentation and the command line read.

    `template` is its whole path, `mount` the path that its class is included at.
    """

    owner: str
    name: str
    method: str
    status: int
    template: str
    segments: tuple[Segment, ...]
    sources: tuple[SourcePlan, ...]
    returns: ReturnPlan
    auth: AuthPlan | None
    limits: Limits
    is_async: bool
    is_threaded: bool
    mount: str
    ref: str | None
    meta: object
    location: str
    handler: Callable[..., object] = field(repr=False)

    @property
    def subject(self) -> str:
        """The operation's name in messages: `Class.method`."""
        return f"{self.owner}.{self.name}"


class AnswerPlan(Protocol):
    """What a writer needs to know: whose result it writes, the default status, and what the result is."""

    @property
    def subject(self) -> str:
        """Whose result it is, in messages: `Class.method`."""
        ...

    @property
    def status(self) -> int:
        """The status where the result names none."""
        ...

    @property
    def returns(self) -> ReturnPlan:
        """What the result is."""
        ...


@dataclass(frozen=True, slots=True)
class ExceptionHandlerPlan:
    """An object that answers for exceptions; `returns` is None where it gives only HTTPError or None."""

    owner: str
    exceptions: tuple[type[Exception], ...]
    returns: ReturnPlan | None
    is_async: bool
    location: str
    handle: Callable[..., object] = field(repr=False)

    @property
    def subject(self) -> str:
        """The handler's name in messages."""
        return f"{self.owner}.handle_exception"

    @property
    def status(self) -> int:
        """What a bare body is sent with."""
        return 500


@dataclass(frozen=True, slots=True)
class ErrorRendererPlan:
    """The object that writes the bodies of errors; in `sources`, None stands for the error itself."""

    owner: str
    sources: tuple[SourcePlan | None, ...]
    returns: ReturnPlan
    is_async: bool
    location: str
    render: Callable[..., object] = field(repr=False)

    @property
    def subject(self) -> str:
        """The renderer's name in messages."""
        return f"{self.owner}.render_error"

    @property
    def status(self) -> int:
        """What a bare body is sent with."""
        return 500


@dataclass(frozen=True, slots=True)
class OriginPlan:
    """Where the app's URLs begin: at `base`, at what so many trusted proxies forward, or at the origin itself."""

    base: str = ""
    forwarded_hops: int | None = None


@dataclass(frozen=True, slots=True)
class AppPlan:
    """A whole app, decided."""

    operations: tuple[OperationPlan, ...]
    exception_handlers: tuple[ExceptionHandlerPlan, ...] = ()
    error_renderer: ErrorRendererPlan | None = None
    origin: OriginPlan = OriginPlan()
