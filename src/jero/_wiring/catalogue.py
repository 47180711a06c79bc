"""The catalogue of wiring faults: each code with its words and its remedy."""

from jero._wiring.faults import FaultKind

# --- arguments ----------------------------------------------------------------------------------------------
UNKNOWN_ARGUMENT = FaultKind(
    "JERO-W101",
    "`{name}` is not a source.{hint}",
    "name the argument after where it comes from ({known}); a single value, such as an id or a page number, is a"
    " field of the Struct of `path` or `params`",
)
BODY_NOT_ALLOWED = FaultKind(
    "JERO-W102",
    "`{name}` reads the body, and {method} requests have none",
    "read it from `params`, or use an operation with a body ({alternatives})",
)
SEVERAL_BODIES = FaultKind(
    "JERO-W103",
    "the body can be read only once, and more than one argument reads it: {names}",
    "keep one of them",
)
SOURCE_NOT_STRUCT = FaultKind(
    "JERO-W104",
    "`{name}` must be {expected}, not `{type}`",
    "declare a class that derives from msgspec.Struct and annotate `{name}` with it",
)
CONTENT_NOT_BYTES = FaultKind(
    "JERO-W105",
    "`content` is the body as sent and must be `bytes`, not `{type}`",
    "annotate it as `content: bytes`",
)
RAW_HEADERS_TYPE = FaultKind(
    "JERO-W106",
    "`raw_headers` must be `RawHeaders`, not `{type}`",
    "annotate it as `raw_headers: RawHeaders`, or take typed headers with `headers: YourStruct`",
)
ARGUMENT_SHAPE = FaultKind(
    "JERO-W107",
    "`{name}` {fault}; every argument of a handler is bound by name from the request",
    "{remedy}",
)
NO_ANNOTATION = FaultKind(
    "JERO-W108",
    "`{name}` has no annotation, so nothing says what to bind",
    "annotate it, as in `{name}: {example}`",
)
UNRESOLVED_ANNOTATION = FaultKind(
    "JERO-W109",
    "the annotation `{annotation}` cannot be resolved: {reason}",
    "import the name at run time, not only under TYPE_CHECKING: names in handler annotations must be"
    " importable when the app starts",
)
NO_DECODER = FaultKind(
    "JERO-W110",
    "msgspec cannot {action} `{type}`: {reason}",
    "{remedy}",
)
TEXT_FIELD_TYPE = FaultKind(
    "JERO-W111",
    "field `{field}` of `{type}` is `{field_type}`, which cannot be read from text in `{name}`",
    "use int, float, bool, str, Enum, Literal, UUID, date, datetime, time, timedelta or Decimal{lists},"
    " optional or with Meta constraints",
)
WIRE_NAME_CLASH = FaultKind(
    "JERO-W112",
    "fields {fields} of `{type}` have the same name on the wire, `{wire}`",
    "rename one of them",
)
UNBOUND_TYPE_PARAMETER = FaultKind(
    "JERO-W113",
    "the type parameter `{parameter}` of {owner} has no type here",
    "{remedy}",
)
HEADER_NAME = FaultKind(
    "JERO-W114",
    "field `{field}` of `{type}` is `{wire}` on the wire, which is no header name",
    "rename it: a header name has letters, digits and `-` (written `_` in a field's name)",
)
ARRAY_LIKE = FaultKind(
    "JERO-W115",
    "`{type}` is declared with `array_like=True`, and `{name}` is read by the names of fields",
    "remove `array_like=True`",
)
STREAM_TYPE = FaultKind(
    "JERO-W116",
    "`{name}` must be `{expected}`, not `{type}`",
    "annotate it as `{name}: {expected}`",
)
FORM_FIELD_TYPE = FaultKind(
    "JERO-W117",
    "field `{field}` of `{type}` is `{field_type}`, which no part of a form can be{why}",
    "use a scalar (str, int, float, bool, Enum, Literal, UUID, date, datetime, time, timedelta, Decimal),"
    " a Struct, bytes, FormPart[...] of one of these, FilePart or SpooledFilePart, or a list of any of them;"
    " each optional or with a default",
)
PART_HEADERS = FaultKind(
    "JERO-W118",
    "field `{field}` of `{type}` is `{field_type}`, and `{headers}` is not a Struct",
    "declare the part's headers as a msgspec.Struct with one field a header, or read them from `raw_headers`",
)

# --- returns ------------------------------------------------------------------------------------------------
NO_RETURN_ANNOTATION = FaultKind(
    "JERO-W201",
    "there is no return annotation, so nothing says what is sent",
    "annotate it: a Struct, `list[Struct]`, `str`, `bytes`, `None`, or a response wrapper",
)
RETURN_TYPE = FaultKind(
    "JERO-W202",
    "`{type}` is not a return type{why}",
    "{remedy}",
)
RETURN_HEADERS = FaultKind(
    "JERO-W203",
    "the headers type `{type}` of the response is not a Struct",
    "declare the headers as a msgspec.Struct with one field a header, or use `raw_headers=`",
)
SSE_OFF_GET = FaultKind(
    "JERO-W204",
    "`SSEResponse` is returned on {method}, and clients open an event stream with GET",
    "serve the feed from {alternatives}, or return `NDJSONStreamingResponse` here",
)

# --- paths --------------------------------------------------------------------------------------------------
NO_PATH = FaultKind(
    "JERO-W301",
    "there is no path: neither on the class nor at the include",
    'write `class {owner}({kind}, path="/...")` or include it with `path="/..."`',
)
TWO_PATHS = FaultKind(
    "JERO-W302",
    'the class says path="{declared}" and the include says path="{included}"',
    "give the path in one of the two places",
)
PATH_START = FaultKind("JERO-W303", 'the path "{path}" does not start with "/"', 'write "/{path}"')
PATH_SEGMENT = FaultKind("JERO-W304", 'segment {number} of the path "{path}", "{segment}", {fault}', "{remedy}")
PATH_SLOT = FaultKind(
    "JERO-W305",
    'the slot "{segment}" of the path "{path}" {fault}',
    "a slot is a whole segment, a snake_case name in braces, used once: `/widgets/{{widget_id}}`",
)
SLOT_NOT_COVERED = FaultKind(
    "JERO-W306",
    'the slot `{{{slot}}}` of "{path}" has no field in `{type}`.{hint}',
    "add a field `{slot}` to `{type}` (a slot binds to the field's encoded name)",
)
NO_PATH_ARGUMENT = FaultKind(
    "JERO-W307",
    'the path "{path}" has slots and the method takes no `path`',
    "add an argument `path` whose Struct has these fields: {slots}",
)
PATH_DEFAULT = FaultKind(
    "JERO-W308",
    "field `{field}` of `{type}` has a default, and a URL always has a value there",
    "remove the default; what is optional belongs in `params`",
)
PATH_EXTRA_FIELDS = FaultKind(
    "JERO-W309",
    '`{type}` has fields that are no slots of "{path}": {fields}; only item operations extend the URL',
    "add the slots to the path, or remove the fields",
)
ROUTE_TWICE = FaultKind(
    "JERO-W310",
    "{method} {template} is already served by {other}",
    "remove one of them, or mount it at another path",
)
AMBIGUOUS_TEMPLATES = FaultKind(
    "JERO-W311",
    "{method} {template} matches the same URLs as {other_template} of {other}, and neither is more specific",
    "use one set of slot names and one mount, or make a segment static",
)

# --- authentication -----------------------------------------------------------------------------------------
USER_WITHOUT_AUTH = FaultKind(
    "JERO-W401",
    "`user` is declared and the mount has no authenticator",
    "include it with `auth=YourAuthenticator(...)`, or remove `user`",
)
USER_TYPE = FaultKind(
    "JERO-W402",
    "`user` is `{type}`, and {authenticator}.authenticate returns `{returned}`",
    "annotate `user` as `{returned}` or a base class of it",
)
AUTHENTICATOR_SHAPE = FaultKind(
    "JERO-W403",
    "{authenticator} is no authenticator: {fault}",
    "{remedy}",
)

# --- mounts -------------------------------------------------------------------------------------------------
NO_OPERATIONS = FaultKind(
    "JERO-W501",
    "the class defines none of the operations of {a_kind}{hint}",
    "define at least one of {known}",
)
NEARLY_AN_OPERATION = FaultKind(
    "JERO-W502",
    "`{name}` is one edit away from the operation `{operation}` and would not be served",
    "rename it to `{operation}`, or, where it is no operation, to `_{name}`",
)
WRONG_KIND = FaultKind("JERO-W503", "{fault}", "{remedy}")
NOT_A_METHOD = FaultKind(
    "JERO-W504",
    "`{name}` is the name of an operation, and here it {fault}",
    "define it as `async def {name}(self, ...)` or `def {name}(self, ...)` that returns its result, or rename it",
)
WRONG_META = FaultKind("JERO-W505", "`{keyword}=` {fault}", "{remedy}")
WRONG_REF = FaultKind("JERO-W506", "{fault}", "{remedy}")

# --- the app ------------------------------------------------------------------------------------------------
FACTORY_PARAMETER = FaultKind(
    "JERO-W601",
    "the parameter `{name}` cannot be injected: a factory is given its exit stacks and nothing else",
    "take only `es: ExitStack` and `aes: AsyncExitStack`, give `{name}` a default, or pass a built one:"
    " `App(factory=...)`",
)
WRONG_LIMIT = FaultKind("JERO-W602", "the {what} `{name}={value!r}` {fault}", "{remedy}")
FACTORY_TYPE = FaultKind(
    "JERO-W603",
    "`{type}` is no factory: in `BaseApp[...]` stands a class that derives from BaseFactory",
    "declare it as `class YourFactory(BaseFactory)`, or write plain `BaseApp` for an app without a factory",
)
URL_ENVIRONMENT = FaultKind("JERO-W604", "{fault}", "{remedy}")
BACKGROUND_HANDLER = FaultKind(
    "JERO-W605",
    "`{name}` is no background handler: {fault}",
    "give it one argument without a default, a Struct: `async def {name}(item: YourStruct)`, or `def`",
)
BACKGROUND_TWICE = FaultKind(
    "JERO-W606",
    "`{type}` already has the background handler `{other}`",
    "keep one of them, or let a type have several: `BackgroundTasks(allow_one_to_many=True)`",
)
EXCEPTION_HANDLER_SHAPE = FaultKind(
    "JERO-W607",
    "this is no exception handler: {fault}",
    "give it `def handle_exception(self, exception: YourError) -> HTTPError | None`, sync or async; it may"
    " also return a response that is not streamed",
)
HANDLED_TWICE = FaultKind(
    "JERO-W608",
    "`{exception}` is already handled by {other}",
    "include one handler for each exception class",
)
ERROR_RENDERER_SHAPE = FaultKind("JERO-W609", "this is no error renderer: {fault}", "{remedy}")
WIRE_NOT_ASYNC = FaultKind(
    "JERO-W610",
    "`_wire` is a plain `def`, and the app awaits it",
    "write `async def _wire(self) -> None`",
)
