"""Plans to URLs: what a link names to what stands in a `Location` or `Link` header."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

import msgspec

from jero._link_targets import OperationTarget, PathTarget, RefTarget, Target, URLTarget
from jero._plan import AnswerPlan, AppPlan, OperationPlan, SourceKind
from jero._runtime.links.forwarded import make_base
from jero._runtime.request import Request
from jero._runtime.server_faults import ServerFaultError
from jero._uri import STATIC_SAFE


@dataclass(frozen=True, slots=True)
class _Address:
    """Where one operation is: the texts between its slots, and the attribute of `path` that fills each."""

    plan: OperationPlan
    instance: object
    path_type: type | None
    texts: tuple[str, ...]
    attributes: tuple[str, ...]


_NO_APP = AppPlan(())
_PLAIN = re.compile("[A-Za-z0-9_~-]+")
"""Text that needs no encoding, as most identifiers do not."""


class URLs:
    """The URLs of one app; filled at startup and then only read."""

    __slots__ = ("_base", "_by_function", "_by_ref")

    def __init__(self, app: AppPlan = _NO_APP) -> None:
        """Make the address of each operation, by its function and by its ref."""
        self._base = make_base(app.origin)
        self._by_ref: dict[str, _Address] = {}
        self._by_function: dict[object, list[_Address]] = {}
        for plan in app.operations:
            address = _make_address(plan)
            self._by_function.setdefault(getattr(plan.handler, "__func__", None), []).append(address)
            if plan.ref is not None:
                self._by_ref[plan.ref] = address

    def resolve(self, target: Target, request: Request, answering: AnswerPlan) -> str:
        """Give the URL of what a link names, in an answer to `request` by `answering`.

        Raises ServerFaultError where it names nothing, or several things, or something that fits no URL.
        """
        match target:
            case OperationTarget():
                path = _fill(self._find_operation(target, answering), target.path)
            case RefTarget():
                path = _fill(self._find_ref(target.ref), target.path)
            case PathTarget():
                path = target.path
            case URLTarget():
                return target.url
        root = _root(request.root_path) if request.root_path else ""
        return f"{self._base(request)}{root}{path}"

    def _find_ref(self, ref: str) -> _Address:
        address = self._by_ref.get(ref)
        if address is None:
            known = ", ".join(f'"{name}"' for name in self._by_ref) or "none"
            raise ServerFaultError(f"from_ref({ref!r}): no mounted operation has this handle; there are {known}")
        return address

    def _find_operation(self, target: OperationTarget, answering: AnswerPlan) -> _Address:
        """Find the one mount that is meant: the only one, or that of the class that answers."""
        found = self._by_function.get(target.function, [])
        if target.instance is not None:
            found = [address for address in found if address.instance is target.instance]
        if len(found) > 1 and isinstance(answering, OperationPlan):
            found = _narrow(found, target, answering)
        if len(found) != 1:
            name = target.function.__qualname__.rpartition("<locals>.")[2]
            if not found:
                raise ServerFaultError(f"from_operation({name}): it is not mounted; include its class in `_wire`")
            places = ", ".join(f"{address.plan.subject} at {address.plan.template}" for address in found)
            raise ServerFaultError(
                f"from_operation({name}): it is mounted several times ({places}); give the operation as its"
                " object has it (`self.read_one`), or give each class a `ref` and use from_ref"
            )
        return found[0]


def _narrow(found: list[_Address], target: OperationTarget, answering: OperationPlan) -> list[_Address]:
    """Keep the mount that answers, where all are of one class: an inherited function names no class."""
    if target.instance is None and len({type(address.instance) for address in found}) > 1:
        return found
    owner = getattr(answering.handler, "__self__", None)
    own = [address for address in found if address.instance is owner and address.plan.mount == answering.mount]
    return own or found


def _make_address(plan: OperationPlan) -> _Address:
    source = next((source for source in plan.sources if source.kind is SourceKind.PATH), None)
    path_type = None if source is None else _struct_class(source.annotation)
    names = _attributes(path_type)
    texts, attributes = [""], list[str]()
    for segment in plan.segments:
        texts[-1] += "/"
        if segment.is_slot:
            attributes.append(names[segment.text])
            texts.append("")
        else:
            texts[-1] += quote(segment.text, safe=STATIC_SAFE)
    if not plan.segments:
        texts = ["/"]
    return _Address(plan, getattr(plan.handler, "__self__", None), path_type, tuple(texts), tuple(attributes))


def _struct_class(annotation: object) -> type:
    """Give the class of a `path`, also behind type arguments and metadata."""
    while hasattr(annotation, "__origin__"):
        annotation = getattr(annotation, "__origin__")  # noqa: B009 - no type of it says that it has one
    return cast("type", annotation)  # a Struct: wiring has seen to it


def _attributes(path_type: type | None) -> Mapping[str, str]:
    """Give the attribute of each encoded name: slots bind to the encoded names."""
    if path_type is None:
        return {}
    fields: Iterable[msgspec.structs.FieldInfo] = msgspec.structs.fields(path_type)
    return {field.encode_name: field.name for field in fields}


def _fill(address: _Address, path: msgspec.Struct | None) -> str:
    wanted = address.path_type
    if not (path is None if wanted is None else isinstance(path, wanted)):
        needs = "no `path`" if wanted is None else f"`path={wanted.__name__}(...)`"
        raise ServerFaultError(f"a link to {address.plan.subject} takes {needs}, and was given `{type(path).__name__}`")
    if not address.attributes:
        return address.texts[0]
    slots = [_slot_text(getattr(path, name), name, address.plan) for name in address.attributes]
    return "".join(text + slot for text, slot in zip(address.texts, [*slots, ""], strict=True))


def _slot_text(value: object, name: str, plan: OperationPlan) -> str:
    """Give a value as one segment, which the lookup and the reader turn into the same value again."""
    text = _plain_text(value)
    if _PLAIN.fullmatch(text):
        return text
    try:
        encoded = quote(text, safe="") if "\0" not in text else ""
    except UnicodeEncodeError:
        encoded = ""
    if not encoded:
        raise ServerFaultError(
            f"a link to {plan.subject}: `{name}` has no text that fits a URL; it is empty, None, or has NUL"
        )
    return encoded.replace(".", "%2E") if text in {".", ".."} else encoded  # else clients would remove it


def _plain_text(value: object) -> str:
    """Give the text that a slot is read from; none for None, NaN and infinities, which have none."""
    if type(value) is str:
        return value
    encoded = msgspec.json.encode(value)
    if encoded[:1] == b'"':
        return msgspec.json.decode(encoded, type=str)
    return "" if encoded == b"null" else encoded.decode()


def _root(root_path: str) -> str:
    """Give the prefix that the app is mounted under as URLs have it; it never makes one begin with `//`."""
    stripped = root_path.strip("/")
    return f"/{quote(stripped, safe=STATIC_SAFE + '/')}" if stripped else ""
