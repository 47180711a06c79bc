"""Faults of paths: where they are written, their grammar, slots and Structs, and routes that overlap."""
# ruff: noqa: D401 - a case's docstring states a behaviour

from fault_cases import Fault, MountingApp, fault_case
from msgspec import Struct

from jero import BaseApp, Endpoint, Resource

SLOT = "a slot is a whole segment, a snake_case name in braces, used once: `/widgets/{widget_id}`"
CHARACTERS = "write the segment decoded and without `?`, `#`, `%` and control characters"


class Widget(Struct):
    id: str


class WidgetPath(Struct):
    widget_id: str


class ShopPath(Struct):
    shop_id: str
    widget_id: str


class Health(Endpoint):
    async def get(self) -> None: ...


@fault_case(
    Fault(
        "JERO-W301 Health",
        "there is no path: neither on the class nor at the include",
        'write `class Health(Endpoint, path="/...")` or include it with `path="/..."`',
    )
)
def no_path() -> BaseApp:
    """A mount without a path is told both places for it."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health())  # here

    return App()


@fault_case(
    Fault(
        "JERO-W302 Widgets",
        'the class says path="/widgets" and the include says path="/things"',
        "give the path in one of the two places",
    )
)
def two_paths() -> BaseApp:
    """A mount with two different paths is refused."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self) -> list[Widget]: ...

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Widgets(), path="/things")  # here

    return App()


@fault_case(
    Fault("JERO-W303 Health", 'the path "health" does not start with "/"', 'write "/health"'),
)
def relative_path() -> BaseApp:
    """A path that does not start with `/` is refused, at the include that gives it."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health(), path="health")  # here

    return App()


@fault_case(Fault("JERO-W303 Alive", 'the path "alive" does not start with "/"', 'write "/alive"'))
def relative_path_on_class() -> BaseApp:
    """The fault of a path that the class gives is located at the class."""

    class Alive(Endpoint, path="alive"):  # here
        async def get(self) -> None: ...

    return MountingApp(Alive())


@fault_case(
    Fault(
        "JERO-W304 Health",
        'segment 2 of the path "/a//b", "", is empty',
        "remove the doubled or trailing slash",
    )
)
def empty_segment() -> BaseApp:
    """An empty segment is refused, since no request could match it."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health(), path="/a//b")  # here

    return App()


@fault_case(
    Fault(
        "JERO-W304 Health",
        'segment 1 of the path "/../caf%C3%A9", "..", is a dot segment, which clients remove',
        "name the segment",
    ),
    Fault(
        "JERO-W304 Health",
        'segment 2 of the path "/../caf%C3%A9", "caf%C3%A9", contains \'%\'',
        CHARACTERS,
    ),
)
def segments_that_match_nothing() -> BaseApp:
    """Each segment that no request could match is told."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health(), path="/../caf%C3%A9")  # here

    return App()


@fault_case(
    Fault("JERO-W305 Health", 'the slot "{widget_id" of the path "/w/{widget_id" has unbalanced braces', SLOT),
)
def unbalanced_slot() -> BaseApp:
    """A slot with one brace is refused."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health(), path="/w/{widget_id")  # here

    return App()


@fault_case(
    Fault(
        "JERO-W305 Health",
        'the slot "v{major}" of the path "/v{major}/{the-id}" is not a name in braces that fills its segment',
        SLOT,
    ),
    Fault(
        "JERO-W305 Health",
        'the slot "{the-id}" of the path "/v{major}/{the-id}" is not a name in braces that fills its segment',
        SLOT,
    ),
)
def bad_slots() -> BaseApp:
    """A slot that does not fill its segment, or is no name, is refused."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health(), path="/v{major}/{the-id}")  # here

    return App()


@fault_case(
    Fault("JERO-W305 Health", 'the slot "{a}" of the path "/{a}/b/{a}" is used twice', SLOT),
)
def repeated_slot() -> BaseApp:
    """A slot that occurs twice is refused."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health(), path="/{a}/b/{a}")  # here

    return App()


class LoudPath(Struct):
    WidgetId: str


@fault_case(
    Fault(
        "JERO-W305 Widget.get, argument `path`",
        'the slot "{WidgetId}" of the path "/w/{WidgetId}" is not in snake_case',
        SLOT,
    ),
)
def slot_in_another_case() -> BaseApp:
    """A slot that is not in snake_case is refused, unless a rename of the Struct asks for it."""

    class Widget(Endpoint, path="/w/{WidgetId}"):
        async def get(self, path: LoudPath) -> None: ...  # here

    return MountingApp(Widget())


@fault_case(
    Fault(
        "JERO-W306 Widgets.read_many, argument `path`",
        'the slot `{widgetid}` of "/shops/{widgetid}" has no field in `WidgetPath`. Did you mean `widget_id`?',
        "add a field `widgetid` to `WidgetPath` (a slot binds to the field's encoded name)",
    ),
    Fault(
        "JERO-W309 Widgets.read_many, argument `path`",
        '`WidgetPath` has fields that are no slots of "/shops/{widgetid}": `widget_id`; only item operations'
        " extend the URL",
        "add the slots to the path, or remove the fields",
    ),
)
def slot_without_field() -> BaseApp:
    """A slot that the `path` Struct does not cover is told, with the field that was meant."""

    class Widgets(Resource, path="/shops/{widgetid}"):
        async def read_many(self, path: WidgetPath) -> list[Widget]: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W307 Widgets.read_many",
        'the path "/shops/{shop_id}/widgets/{widget_id}" has slots and the method takes no `path`',
        "add an argument `path` whose Struct has these fields: `shop_id` and `widget_id`",
    )
)
def templated_mount_without_path() -> BaseApp:
    """A handler of a templated mount must take `path`."""

    class Widgets(Resource, path="/shops/{shop_id}/widgets/{widget_id}"):
        async def read_many(self) -> list[Widget]: ...  # here

    return MountingApp(Widgets())


class DefaultPath(Struct):
    widget_id: str = ""


@fault_case(
    Fault(
        "JERO-W308 Widgets.read_one, argument `path`",
        "field `widget_id` of `DefaultPath` has a default, and a URL always has a value there",
        "remove the default; what is optional belongs in `params`",
    )
)
def path_field_with_default() -> BaseApp:
    """A `path` field with a default is refused."""

    class Widgets(Resource, path="/widgets"):
        async def read_one(self, path: DefaultPath) -> Widget: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W309 Shop.get, argument `path`",
        '`ShopPath` has fields that are no slots of "/shop": `shop_id` and `widget_id`; only item operations'
        " extend the URL",
        "add the slots to the path, or remove the fields",
    )
)
def fields_beyond_the_slots() -> BaseApp:
    """`path` fields that are no slots are refused on an Endpoint."""

    class Shop(Endpoint, path="/shop"):
        async def get(self, path: ShopPath) -> None: ...  # here

    return MountingApp(Shop())


@fault_case(
    Fault(
        "JERO-W310 Others.read_one",
        "GET /widgets/{widget_id} is already served by Widgets.read_one (<there>)",
        "remove one of them, or mount it at another path",
    )
)
def route_twice() -> BaseApp:
    """Two mounts that serve one method of one path are refused, and both places are named."""

    class Widgets(Resource, path="/widgets"):
        async def read_one(self, path: WidgetPath) -> Widget: ...  # there

    class Others(Resource, path="/widgets"):
        async def read_one(self, path: WidgetPath) -> Widget: ...  # here

    return MountingApp(Widgets(), Others())


class NamePath(Struct):
    name: str


@fault_case(
    Fault(
        "JERO-W311 Others.get",
        "GET /widgets/{name} matches the same URLs as /widgets/{widget_id} of Widgets.read_one (<there>), and"
        " neither is more specific",
        "use one set of slot names and one mount, or make a segment static",
    )
)
def ambiguous_templates() -> BaseApp:
    """Two templates that differ only in the names of their slots are refused, and both places are named."""

    class Widgets(Resource, path="/widgets"):
        async def read_one(self, path: WidgetPath) -> Widget: ...  # there

    class Others(Endpoint, path="/widgets/{name}"):
        async def get(self, path: NamePath) -> None: ...  # here

    return MountingApp(Widgets(), Others())
