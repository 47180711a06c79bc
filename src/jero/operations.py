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
    """What documentation says of one operation (read by the OpenAPI work): all optional."""

    tags: tuple[str, ...] = ()
    operation_id: str | None = None
    summary: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceMeta:
    """What documentation says of a resource as a whole."""

    tags: tuple[str, ...] = ()
    summary: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointMeta:
    """What documentation says of an endpoint as a whole."""

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

    `create` POST, `read_one` GET item, `read_many` GET, `update` PUT item, `partial_update` PATCH item, `delete`
    DELETE item. Class keywords: `path="/widgets"`, `ref="widgets"` (a handle for reverse routing), `threaded=True`
    (plain `def` handlers run on a worker thread), `meta=` and `meta_<operation>=`.

        class Widgets(Resource, path="/widgets"):
            async def read_one(self, path: WidgetPath) -> Widget: ...   # GET /widgets/{widget_id}
    """

    __jero_declaration__: ClassVar[Declaration] = Declaration()

    def __init_subclass__(cls, **keywords: Unpack[_ResourceKeywords]) -> None:
        super().__init_subclass__()
        _declare(cls, keywords, RESOURCE_OPERATIONS)


class Endpoint:
    """One URL with bare verbs: subclass it and define any of `get`, `post`, `put`, `patch`, `delete`.

    For what is no collection: health checks, actions, webhooks, streams. Class keywords as on `Resource`.

        class Health(Endpoint, path="/health"):
            async def get(self) -> Status: ...
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
