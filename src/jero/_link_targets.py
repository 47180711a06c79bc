"""What a link names, checked as the link is made: an operation and its `path`, a ref, a path, or a URL."""

import inspect
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, TypeAliasType, cast, get_args, get_origin

from msgspec import Struct

from jero._uri import NOT_URI, STRAY_PERCENT


class OperationTarget(Struct, frozen=True):
    """An operation by its function; `instance` is what it is bound to, None for `Class.operation`."""

    function: Callable[..., object]
    instance: object
    path: Struct | None


class RefTarget(Struct, frozen=True):
    """An operation by its handle, `ref.operation`, which only the app can check."""

    ref: str
    path: Struct | None


class PathTarget(Struct, frozen=True):
    """A path below the app's own prefix, percent-encoded, perhaps with a query."""

    path: str


class URLTarget(Struct, frozen=True):
    """A URI reference that is sent as it is."""

    url: str


type Target = OperationTarget | RefTarget | PathTarget | URLTarget

_CONTROL = re.compile("[\0-\x1f\x7f]")


def operation_target(operation: object, path: object) -> OperationTarget:
    """Name an operation: `Class.operation`, or `self.operation` for that of one object.

    Raises TypeError where it is no method, or `path` is not what its `path` argument takes.
    """
    instance: object = None
    function = operation
    if inspect.ismethod(operation):
        instance, function = operation.__self__, operation.__func__
    if not inspect.isfunction(function):
        raise TypeError(f"from_operation: {operation!r} is no operation; give `YourClass.read_one`, not called")
    return OperationTarget(function, instance, _check_path(function, path))


def ref_target(ref: object, path: object) -> RefTarget:
    """Name an operation by its handle. Raises TypeError for what is no text, or no Struct."""
    if not isinstance(ref, str):
        raise TypeError(f'from_ref: {ref!r} is no text; give the handle as "ref.operation"')
    if path is not None and not isinstance(path, Struct):
        raise TypeError(f"from_ref({ref!r}): `path` is a `{type(path).__name__}`, not a Struct; give the operation's")
    return RefTarget(ref, path)


def path_target(path: object) -> PathTarget:
    """Name a path. What no URI may contain is percent-encoded; `%XX` stays as it is.

    Raises ValueError where it does not begin with exactly one slash (`//` would name another host), or has a
    control character in it.
    """
    if not isinstance(path, str) or not path.startswith("/") or path.startswith("//"):
        raise ValueError(f'from_path: {path!r} does not begin with exactly one slash; give it as "/..."')
    if _CONTROL.search(path):
        raise ValueError(f"from_path: {path!r} contains a control character; percent-encode it, or remove it")
    return PathTarget(_encode(STRAY_PERCENT.sub("%25", path)))


def url_target(url: object) -> URLTarget:
    """Name a URL, verbatim.

    Raises ValueError where it contains what no URI reference may contain (RFC 3986, appendix A).
    """
    if not isinstance(url, str) or not url:
        raise ValueError(f"from_url: {url!r} is no URL; give it as text")
    bad = NOT_URI.search(url) or STRAY_PERCENT.search(url)
    if bad is not None:
        raise ValueError(
            f"from_url: {url!r} contains {bad[0]!r}, which no URL may contain; percent-encode it"
            " (urllib.parse.quote), as what is given here is sent as it is"
        )
    return URLTarget(url)


def _encode(path: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415 - it brings much that an app without such links never needs

    try:
        return quote(path, safe="/?#@!$&'()*+,;=:%-._~")
    except UnicodeEncodeError:
        raise ValueError(f"from_path: {path!r} contains a lone surrogate; give text that UTF-8 can hold") from None


_UNKNOWN = object()


@lru_cache(maxsize=4096)
def _path_type(function: Callable[..., object]) -> object:
    """Give the Struct class of a function's `path`, None without one, `_UNKNOWN` where wiring alone knows."""
    plain = inspect.unwrap(function)
    if "path" not in plain.__code__.co_varnames[: plain.__code__.co_argcount + plain.__code__.co_kwonlyargcount]:
        return None
    try:
        annotation: object = inspect.get_annotations(plain, eval_str=True).get("path")
    except Exception:  # noqa: BLE001 - evaluating an annotation runs code; wiring has told what is wrong with it
        return _UNKNOWN
    while True:
        if isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        else:
            break
    origin = get_origin(annotation) or annotation
    if isinstance(origin, TypeAliasType) or not isinstance(origin, type) or not issubclass(origin, Struct):
        return _UNKNOWN  # a type parameter, which the app's classes bind
    return origin


def _check_path(function: Callable[..., object], path: object) -> Struct | None:
    wanted = _path_type(function)
    if isinstance(path, wanted) if isinstance(wanted, type) else path is wanted:
        return cast("Struct | None", path)  # `_path_type` gives no other class
    if wanted is _UNKNOWN and (path is None or isinstance(path, Struct)):
        return path
    subject = f"from_operation({function.__qualname__.rpartition('<locals>.')[2]})"
    if wanted is None:
        raise TypeError(f"{subject}: the operation takes no `path`; leave it out")
    name = wanted.__name__ if isinstance(wanted, type) else "YourStruct"
    if path is None:
        raise TypeError(f"{subject}: the operation has a path; give `path={name}(...)`")
    raise TypeError(f"{subject}: `path` is a `{type(path).__name__}`; the operation takes `{name}`")
