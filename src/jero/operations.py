"""The shapes users subclass, `Resource` and `Endpoint`, and the closed tables of operation names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypedDict, Unpack

from msgspec import Struct, field
from msgspec.structs import replace


class OperationKind(Struct, frozen=True):
    """What a method name means: its HTTP method, default status, and whether its URL names one item."""

    method: str
    status: int
    is_item: bool = False


RESOURCE_OPERATIONS: dict[str, OperationKind] = {
    "create": OperationKind("POST", 201),
    "read_one": OperationKind("GET", 200, is_item=True),
    "read_many": OperationKind("GET", 200),
    "update": OperationKind("PUT", 200, is_item=True),
    "partial_update": OperationKind("PATCH", 200, is_item=True),
    "delete": OperationKind("DELETE", 200, is_item=True),
}

ENDPOINT_OPERATIONS: dict[str, OperationKind] = {
    verb: OperationKind(verb.upper(), 200) for verb in ("get", "post", "put", "patch", "delete")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationMeta:
    """What documentation says of one operation: all optional.

        class Widgets(Resource, path="/widgets", meta_create=OperationMeta(summary="Add a widget", tags=("stock",))):
            async def create(self, json: Widget) -> Widget: ...

    It is given as the class keyword `meta_<operation>=`, checked at startup and kept in the operation's plan.
    """

    tags: tuple[str, ...] = ()
    operation_id: str | None = None
    summary: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceMeta:
    """What documentation says of a resource as a whole: all optional.

        class Widgets(Resource, path="/widgets", meta=ResourceMeta(tags=("stock",), summary="What we sell")):
            async def read_many(self) -> list[Widget]: ...

    It is checked at startup and kept in the plans of the resource's operations.
    """

    tags: tuple[str, ...] = ()
    summary: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointMeta:
    """What documentation says of an endpoint as a whole: all optional.

        class Health(Endpoint, path="/health", meta=EndpointMeta(summary="Is it up?")):
            async def get(self) -> Status: ...

    It is checked at startup and kept in the plans of the endpoint's operations.
    """

    tags: tuple[str, ...] = ()
    summary: str | None = None
    description: str | None = None


class Declaration(Struct, frozen=True):
    """The class keywords of a mountable class, as given; wiring checks them."""

    path: object = None
    ref: object = None
    threaded: bool = False
    meta: object = None
    operation_meta: dict[str, object] = field(default_factory=dict[str, object])


class _ClassKeywords(TypedDict, total=False):
    path: str | None
    ref: str | None
    threaded: bool


class _ResourceKeywords(_ClassKeywords, total=False):
    meta: ResourceMeta
    meta_create: OperationMeta
    meta_read_one: OperationMeta
    meta_read_many: OperationMeta
    meta_update: OperationMeta
    meta_partial_update: OperationMeta
    meta_delete: OperationMeta


class _EndpointKeywords(_ClassKeywords, total=False):
    meta: EndpointMeta
    meta_get: OperationMeta
    meta_post: OperationMeta
    meta_put: OperationMeta
    meta_patch: OperationMeta
    meta_delete: OperationMeta


class Resource:
    """A REST collection: subclass it and define any of the operations below, `async def` or `def`.

        class WidgetPath(Struct):
            widget_id: str

        class Widgets(Resource, path="/widgets"):
            async def create(self, json: NewWidget) -> Widget: ...      # POST /widgets, 201
            async def read_many(self) -> list[Widget]: ...              # GET /widgets
            async def read_one(self, path: WidgetPath) -> Widget: ...   # GET /widgets/{widget_id}

    `create` is POST and answers 201; `read_many` is GET. These have the URL of one item: `read_one` GET, `update` PUT,
    `partial_update` PATCH, `delete` DELETE. Every other method is just a method.

    Class keywords, which subclasses inherit:

    - `path`: the template of the URL, `"/shops/{shop_id}/widgets"`; it can be given where the class is included.
    - `ref`: a handle for links between classes that cannot import each other, see `Location.from_ref`.
    - `threaded`: True runs plain `def` handlers on a worker thread; without it they run on the event loop.
    - `meta`, a `ResourceMeta`, and `meta_<operation>`, an `OperationMeta`: what documentation says.

    Raises TypeError for a class keyword that is none of these; all else is checked at startup.
    """

    __jero_declaration__: ClassVar[Declaration] = Declaration()

    def __init_subclass__(cls, **keywords: Unpack[_ResourceKeywords]) -> None:
        super().__init_subclass__()
        _declare(cls, keywords, RESOURCE_OPERATIONS)


class Endpoint:
    """One URL with bare verbs: subclass it and define any of `get`, `post`, `put`, `patch`, `delete`.

        class Health(Endpoint, path="/health"):
            async def get(self) -> Status: ...   # GET /health, and HEAD

    For what is no collection: health checks, actions, webhooks, streams. Each method answers 200 where nothing else is
    returned. Class keywords as on `Resource`, with an `EndpointMeta` for `meta`.
    """

    __jero_declaration__: ClassVar[Declaration] = Declaration()

    def __init_subclass__(cls, **keywords: Unpack[_EndpointKeywords]) -> None:
        super().__init_subclass__()
        _declare(cls, keywords, ENDPOINT_OPERATIONS)


def _declare(
    cls: type[Resource | Endpoint], keywords: Mapping[str, object], operations: dict[str, OperationKind]
) -> None:
    """Keep the class keywords on the class: those not given are inherited, also by a class that a decorator rebuilt."""
    inherited = cls.__jero_declaration__
    unknown = set(keywords) - {"path", "ref", "threaded", "meta"} - {f"meta_{name}" for name in operations}
    if unknown:
        known = ", ".join(["path", "ref", "threaded", "meta", *(f"meta_{name}" for name in operations)])
        raise TypeError(f"class {cls.__name__}: unknown class keyword `{min(unknown)}`; the keywords are {known}")
    operation_meta = {key.removeprefix("meta_"): value for key, value in keywords.items() if key.startswith("meta_")}
    cls.__jero_declaration__ = replace(
        inherited,
        **{key: value for key, value in keywords.items() if not key.startswith("meta_")},  # pyright: ignore[reportArgumentType] - the keys are Declaration's, checked above
        operation_meta={**inherited.operation_meta, **operation_meta},
    )
