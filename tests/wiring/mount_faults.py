"""Faults of a mount as a whole: the kind of object, its operations, ref and metadata."""
# ruff: noqa: D401 - a case's docstring states a behaviour
# pyright: reportArgumentType=false, reportCallIssue=false, reportGeneralTypeIssues=false
# (objects and keywords of wrong types are what these cases are about)

from collections.abc import AsyncIterator

from fault_cases import Fault, MountingApp, fault_case
from msgspec import Struct

from jero import BaseApp, Endpoint, EndpointMeta, OperationMeta, Resource, ResourceMeta

METHOD = "define it as `async def get(self, ...)` or `def get(self, ...)` that returns its result, or rename it"


class Widget(Struct):
    id: str


class Widgets(Resource, path="/widgets"):
    async def read_many(self) -> list[Widget]: ...


class Health(Endpoint, path="/health"):
    async def get(self) -> None: ...


@fault_case(
    Fault(
        "JERO-W501 Shop",
        "the class defines none of the operations of a Resource",
        "define at least one of `create`, `read_one`, `read_many`, `update`, `partial_update`, `delete`",
    )
)
def no_operations() -> BaseApp:
    """A mount that defines none of its operations is told which there are."""

    class Shop(Resource, path="/shop"):  # here
        async def open(self) -> None: ...

    return MountingApp(Shop())


@fault_case(
    Fault(
        "JERO-W501 Shop",
        "the class defines none of the operations of an Endpoint; `read_many` is one of a Resource: derive"
        " from Resource?",
        "define at least one of `get`, `post`, `put`, `patch`, `delete`",
    )
)
def operations_of_the_other_kind() -> BaseApp:
    """An Endpoint with a Resource's operations is told so."""

    class Shop(Endpoint, path="/shop"):  # here
        async def read_many(self) -> list[Widget]: ...

    return MountingApp(Shop())


@fault_case(
    Fault(
        "JERO-W502 Shop",
        "`read_mny` is one edit away from the operation `read_many` and would not be served",
        "rename it to `read_many`, or, where it is no operation, to `_read_mny`",
    ),
    Fault(
        "JERO-W502 Shop",
        "`updat` is one edit away from the operation `update` and would not be served",
        "rename it to `update`, or, where it is no operation, to `_updat`",
    ),
)
def misspelt_operations() -> BaseApp:
    """Method names one edit away from an operation are told with the operation."""

    class Shop(Resource, path="/shop"):  # here
        async def read_mny(self) -> list[Widget]: ...
        async def updat(self) -> None: ...
        async def create(self) -> None: ...

    return MountingApp(Shop())


@fault_case(
    Fault(
        "JERO-W503 _include_resource(...)",
        "`Widgets` is a class, and an instance is mounted",
        "include `Widgets(...)`",
    )
)
def class_in_place_of_an_object() -> BaseApp:
    """A class that is mounted in place of an object is told so."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Widgets)  # here

    return App()


@fault_case(
    Fault(
        "JERO-W503 _include_resource(...)",
        "`Health` is an Endpoint, and this include takes a Resource",
        "include it with `_include_endpoint`",
    ),
    Fault(
        "JERO-W503 _include_endpoint(...)",
        "`Widgets` is a Resource, and this include takes an Endpoint",
        "include it with `_include_resource`",
        at="<there>",
    ),
)
def other_include() -> BaseApp:
    """An Endpoint given to the include of Resources, and the reverse, is told the include that takes it."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Health())  # here
            self._include_endpoint(Widgets())  # there

    return App()


@fault_case(
    Fault(
        "JERO-W503 _include_resource(...)",
        "`Plain` does not derive from Resource",
        "declare it as `class Plain(Resource)`",
    )
)
def neither_resource_nor_endpoint() -> BaseApp:
    """An object of any other class is told what to derive from."""

    class Plain:
        async def read_many(self) -> list[Widget]: ...

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Plain(), path="/plain")  # here

    return App()


@fault_case(Fault("JERO-W503 Shop", "the path is 3, not a str", 'write `path="/..."`'))
def path_that_is_no_text() -> BaseApp:
    """A path that is no str is refused."""

    class Shop(Endpoint, path=3):  # here
        async def get(self) -> None: ...

    return MountingApp(Shop())


@fault_case(
    Fault(
        "JERO-W504 Shop.get",
        "`get` is the name of an operation, and here it is of type `staticmethod`, not a method",
        METHOD,
    )
)
def operation_that_is_no_method() -> BaseApp:
    """An attribute with an operation's name that is not a method is refused."""

    class Shop(Endpoint, path="/shop"):  # here
        @staticmethod
        async def get() -> None: ...

    return MountingApp(Shop())


@fault_case(
    Fault("JERO-W504 Shop.get", "`get` is the name of an operation, and here it takes no `self`", METHOD),
)
def operation_without_self() -> BaseApp:
    """A method without `self` is refused."""

    class Shop(Endpoint, path="/shop"):
        async def get() -> None: ...  # here  # pyright: ignore[reportSelfClsParameterName] - that is the fault

    return MountingApp(Shop())


@fault_case(
    Fault(
        "JERO-W504 Shop.get",
        "`get` is the name of an operation, and here it is a generator (it has a `yield`), whose call returns"
        " no result",
        METHOD,
    ),
)
def operation_that_yields() -> BaseApp:
    """A handler that yields is refused: a stream is something that it returns."""

    class Shop(Endpoint, path="/shop"):
        async def get(self) -> AsyncIterator[Widget]:  # here
            yield Widget("a")

    return MountingApp(Shop())


@fault_case(
    Fault(
        "JERO-W505 Shop",
        "`meta=` is of type `EndpointMeta`, not `ResourceMeta`",
        "pass `meta=ResourceMeta(...)`",
    ),
    Fault(
        "JERO-W505 Shop",
        "`meta_read_many=` is of type `dict`, not `OperationMeta`",
        "pass `meta_read_many=OperationMeta(...)`",
    ),
    Fault(
        "JERO-W505 Shop",
        "`meta_create=` is the class `OperationMeta`, not an object",
        "pass `meta_create=OperationMeta(...)`",
    ),
)
def wrong_meta() -> BaseApp:
    """Metadata of the wrong type is told for each keyword."""

    class Shop(  # here
        Resource,
        path="/shop",
        meta=EndpointMeta(),
        meta_read_many={"summary": "All"},
        meta_create=OperationMeta,
    ):
        async def read_many(self) -> list[Widget]: ...
        async def create(self) -> None: ...

    return MountingApp(Shop())


@fault_case(
    Fault(
        "JERO-W505 Shop",
        "`meta=` has tags='shop', which is not a tuple of str",
        'pass `meta=ResourceMeta(...)` with `tags=("...",)`',
    ),
    Fault(
        "JERO-W505 Shop",
        "`meta_read_many=` has summary=3, which is not a str",
        'pass `meta_read_many=OperationMeta(...)` with `summary="..."`',
    ),
)
def wrong_meta_fields() -> BaseApp:
    """The fields of metadata are checked too: one string as `tags` would be taken letter by letter."""

    class Shop(  # here
        Resource, path="/shop", meta=ResourceMeta(tags="shop"), meta_read_many=OperationMeta(summary=3)
    ):
        async def read_many(self) -> list[Widget]: ...

    return MountingApp(Shop())


@fault_case(
    Fault(
        "JERO-W506 Second",
        '`ref="shop"` is already the handle of First (<there>)',
        "give each mounted class a ref of its own",
    )
)
def duplicate_ref() -> BaseApp:
    """Two mounts with one ref are refused, and both places are named."""

    class First(Endpoint, path="/first", ref="shop"):  # there
        async def get(self) -> None: ...

    class Second(Endpoint, path="/second", ref="shop"):  # here
        async def get(self) -> None: ...

    return MountingApp(First(), Second())


@fault_case(Fault("JERO-W506 Shop", "`ref='my.shop'` is not a name", 'use letters, digits and "_": `ref="widgets"`'))
def ref_that_is_no_name() -> BaseApp:
    """A ref is a name, since `from_ref` joins it to an operation with a dot."""

    class Shop(Endpoint, path="/shop", ref="my.shop"):  # here
        async def get(self) -> None: ...

    return MountingApp(Shop())


@fault_case(
    Fault(
        "JERO-W506 Second",
        '`ref="shop"` is already the handle of First (<there>)',
        "give each mounted class a ref of its own",
    )
)
def inherited_ref() -> BaseApp:
    """A ref is inherited, so that a subclass mounted beside its base needs one of its own."""

    class First(Endpoint, path="/first", ref="shop"):  # there
        async def get(self) -> None: ...

    class Second(First, path="/second"):  # here
        pass

    return MountingApp(First(), Second())
