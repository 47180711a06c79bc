"""The compiler: what the plan of an operation says of it, once a class is wired."""

from msgspec import Struct

from jero import Endpoint, EndpointMeta, JSONResponse, OperationMeta, Resource
from jero._plan import OperationPlan, ReturnKind, SourceKind
from jero._wiring.compiler import compile_app
from jero._wiring.faults import Faults
from jero._wiring.mounts import ENDPOINT, RESOURCE, Mount
from jero.limits import Limits


class Widget(Struct):
    name: str


class Path(Struct):
    shop_id: int
    widget_id: str


class ShopPath(Struct):
    shop_id: int


class Query(Struct, forbid_unknown_fields=True):
    tag: list[str]
    limit: int | None = None


class Trace(Struct):
    trace_id: str


class Credentials(Struct):
    authorization: str


class Bearer:
    challenge = "Bearer"

    def authenticate(self, headers: Credentials) -> Widget:
        return Widget(headers.authorization)


class Widgets(Resource, path="/shops/{shop_id}/widgets", ref="widgets", threaded=True):
    async def read_one(self, path: Path, *, user: Widget) -> JSONResponse[Widget, Trace]: ...

    def read_many(self, path: ShopPath, params: Query) -> list[Widget]: ...


class Base(Endpoint, path="/base", ref="base", meta=EndpointMeta(summary="all"), meta_get=OperationMeta(tags=("a",))):
    async def get(self) -> str: ...

    async def post(self, json: Widget) -> None: ...


class Derived(Base, ref="derived", meta_post=OperationMeta(tags=("b",))):
    pass


def compile_mounts(*mounts: Mount) -> dict[str, OperationPlan]:
    """Compile mounts that have no faults; the plans by their subjects."""
    faults = Faults()
    plans = compile_app(mounts, Limits(max_body=7), faults)
    faults.raise_if_any()
    return {plan.subject: plan for plan in plans}


def plans_of_widgets() -> dict[str, OperationPlan]:
    """Compile the Resource above."""
    return compile_mounts(Mount(RESOURCE, Widgets(), None, Bearer(), {"max_query": 9}, "app.py:1"))


def test_route() -> None:
    """A plan says method, status, template, whether it waits or has a thread, its limits and its ref."""
    plans = plans_of_widgets()
    one, many = plans["Widgets.read_one"], plans["Widgets.read_many"]
    assert (one.method, one.status, one.template) == ("GET", 200, "/shops/{shop_id}/widgets/{widget_id}")
    assert (many.method, many.status, many.template) == ("GET", 200, "/shops/{shop_id}/widgets")
    assert (one.is_async, one.is_threaded, many.is_async, many.is_threaded) == (True, False, False, True)
    assert one.limits == Limits(max_body=7, max_query=9)
    assert (one.ref, many.ref) == ("widgets.read_one", "widgets.read_many")


def test_sources() -> None:
    """Sources stand in signature order, those read from text with what each field may be."""
    plans = plans_of_widgets()
    path, user = plans["Widgets.read_one"].sources
    assert (path.kind, path.is_keyword_only, path.annotation) == (SourceKind.PATH, False, Path)
    assert [(field.wire_name, field.reads) for field in path.fields] == [
        ("shop_id", ("int",)),
        ("widget_id", ("text",)),
    ]
    assert (user.kind, user.is_keyword_only, user.annotation) == (SourceKind.USER, True, Widget)
    tag, limit = plans["Widgets.read_many"].sources[1].fields
    assert plans["Widgets.read_many"].sources[1].forbids_unknown
    assert (tag.is_list, tag.is_required, tag.keeps_blank) == (True, True, True)
    assert (limit.is_list, limit.is_required, limit.keeps_blank) == (False, False, False)


def test_returns() -> None:
    """A return says its kind, its wrapper, what may be its body, and its typed headers."""
    returns = plans_of_widgets()["Widgets.read_one"].returns
    assert (returns.kind, returns.wrapper, returns.accepts) == (ReturnKind.JSON, JSONResponse, (Widget,))
    assert [(field.attribute, field.wire_name) for field in returns.header_fields] == [("trace_id", "trace-id")]
    assert plans_of_widgets()["Widgets.read_many"].returns.accepts == (list,)


def test_authenticator() -> None:
    """An authenticator's plan says what it reads, what it gives, and its challenge."""
    auth = plans_of_widgets()["Widgets.read_many"].auth
    assert auth is not None
    assert (auth.owner, auth.user_type, auth.is_async, auth.challenge) == ("Bearer", Widget, False, "Bearer")
    assert [field.wire_name for field in auth.headers.fields] == ["authorization"]


def test_inherited_keywords() -> None:
    """Class keywords are inherited one by one: the ref replaced, the metadata of other operations kept."""
    plans = compile_mounts(Mount(ENDPOINT, Derived(), None, None, {}, "app.py:1"))
    get, post = plans["Derived.get"], plans["Derived.post"]
    assert (get.ref, get.template, get.meta) == ("derived.get", "/base", OperationMeta(tags=("a",)))
    assert (post.ref, post.template, post.meta) == ("derived.post", "/base", OperationMeta(tags=("b",)))


def test_printed() -> None:
    """A plan can be printed, and says the same each time: no address of an object is in it."""
    first, second = plans_of_widgets(), plans_of_widgets()
    assert repr(first) == repr(second)
    assert " at 0x" not in repr(first)
