"""Which callables are background handlers, and how the fault of one that is not reads."""

from collections.abc import Callable
from functools import partial, wraps
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from msgspec import Meta, Struct

from jero import BackgroundTasks, BaseApp, WiringError
from jero.testing import TestClient

if TYPE_CHECKING:
    from uuid import UUID


class Mail(Struct):
    to: str


class Invoice(Struct):
    number: int


class Page[T](Struct):
    items: list[T]


type AnyMail = Mail
type Described = Annotated[Mail, Meta(description="a mail")]


class Sender[T: Struct]:
    """A handler whose item type is a type parameter of its class."""

    async def send(self, item: T) -> None: ...

    @staticmethod
    def send_statically(item: Mail) -> None: ...

    @classmethod
    def send_for_class(cls, item: Mail) -> None: ...


class MailSender(Sender[Mail]):
    pass


def logged(function: Callable[[Mail], object]) -> Callable[..., object]:
    @wraps(function)
    def wrapper(*args: object) -> object:
        return function(*args)  # pyright: ignore[reportArgumentType, reportCallIssue] - given on

    return wrapper


async def with_alias(item: AnyMail) -> None: ...
async def with_metadata(item: Described) -> None: ...
async def with_string(item: "Mail") -> None: ...
async def with_default(item: Mail, copies: int = 1, *, urgent: bool = False) -> None: ...
async def with_rest(item: Mail, *args: object, **options: object) -> None: ...
@logged
def decorated(item: Mail) -> None: ...


@pytest.mark.parametrize(
    "handler",
    [
        with_alias,
        with_metadata,
        with_string,
        with_default,
        with_rest,
        decorated,
        MailSender().send,
        Sender[Mail]().send,
        MailSender.send_statically,
        MailSender.send_for_class,
        partial(with_default, copies=2),
    ],
)
async def test_the_item_type_is_inferred(handler: Callable[[Mail], object]) -> None:
    """The one argument without a default says the type, through aliases, generics and decorators."""
    async with BackgroundTasks() as tasks:
        tasks.register(handler)
        await tasks.add(Mail("a"))


def nothing() -> None: ...
def two(item: Mail, other: Mail) -> None: ...
def keyword_only(*, item: Mail) -> None: ...
def unannotated(item) -> None: ...  # noqa: ANN001  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType] - wrong on purpose
def text(item: str) -> None: ...
def any_struct(item: Struct) -> None: ...
def union(item: Mail | Invoice) -> None: ...
def optional(item: Mail | None) -> None: ...
def generic(item: Page[Mail]) -> None: ...
def parameter[T: Struct](item: T) -> T:
    return item


def unresolvable(item: "UUID") -> None: ...


CASES: list[tuple[Any, str, str]] = [
    (
        nothing,
        "JERO-W605",
        "`nothing` is no background handler: it has 0 arguments without a default, not one",
    ),
    (two, "JERO-W605", "it has 2 arguments without a default"),
    (keyword_only, "JERO-W605", "its argument `item` is keyword-only"),
    (unannotated, "JERO-W605", "its argument `item` has no annotation"),
    (text, "JERO-W605", "its argument `item` is `str`, not one Struct"),
    (any_struct, "JERO-W605", "its argument `item` is `Struct`, not one Struct"),
    (union, "JERO-W605", "`Mail | Invoice`, not one Struct; write one handler for each type"),
    (optional, "JERO-W605", "`Mail | None`, not one Struct"),
    (generic, "JERO-W605", "`Page[Mail]`, not one Struct"),
    (parameter, "JERO-W605", "its argument `item` is `T`, not one Struct"),
    (Sender[Any]().send, "JERO-W605", "not one Struct"),
    (unresolvable, "JERO-W109", "the annotation `UUID` cannot be resolved"),
    (Mail, "JERO-W605", "`Mail` is no background handler: it is a class"),
    (print, "JERO-W605", "it is no function that can be looked into"),
    (None, "JERO-W605", "it is no function that can be looked into"),
]


@pytest.mark.parametrize(("handler", "code", "words"), CASES, ids=lambda case: getattr(case, "__name__", None))
def test_a_handler_of_another_shape_is_a_wiring_fault(handler: Any, code: str, words: str) -> None:
    """What cannot be a handler is refused as it is registered, and the app does not start."""

    class App(BaseApp):
        async def _wire(self) -> None:
            (await self._aenter(BackgroundTasks())).register(handler)

    with pytest.raises(WiringError) as caught:
        TestClient(App())
    (fault,) = caught.value.faults
    assert fault.code == code
    assert words in fault.problem
    assert fault.subject.startswith("BackgroundTasks.register(")
    assert fault.remedy


def test_the_fault_says_where_the_handler_is() -> None:
    """The location of the fault is the file and line of the handler, not of its registration."""
    with pytest.raises(WiringError) as caught:
        BackgroundTasks().register(text)  # pyright: ignore[reportArgumentType] - wrong on purpose
    assert caught.value.faults[0].location == f"{__file__}:{text.__code__.co_firstlineno}"
