"""The object given as `auth=` to its plan, or to faults."""

import inspect
from collections.abc import Callable

from jero._plan import AuthPlan, SourceKind
from jero._wiring.annotations import (
    UnresolvedError,
    describe,
    is_struct,
    raw_annotations,
    resolve,
    struct_class,
    type_bindings,
    unalias,
    union_members,
)
from jero._wiring.catalogue import AUTHENTICATOR_SHAPE, UNRESOLVED_ANNOTATION
from jero._wiring.faults import Faults, Place
from jero._wiring.locations import class_location, function_location, owner_of
from jero._wiring.signatures import arguments_of, is_async, is_positional, takes_self
from jero._wiring.sources import compile_text_source

_SHAPE = (
    "give it `async def authenticate(self, headers: YourHeaders) -> YourUser`, both of them Structs;"
    " to refuse, it raises an HTTPError"
)


def compile_authenticator(auth: object, include: Place, faults: Faults) -> AuthPlan | None:
    """Plan an authenticator, `authenticate(self, headers: H) -> U`; None where it has faults."""
    cls = auth if isinstance(auth, type) else type(auth)
    name = cls.__name__
    function = inspect.getattr_static(cls, "authenticate", None)
    if isinstance(auth, type) or not inspect.isfunction(function):
        is_class = isinstance(auth, type)
        fault = "it is a class, not an object" if is_class else "it has no method `authenticate`"
        remedy = f"pass an object of it: `auth={name}(...)`" if is_class else _SHAPE
        faults.add(AUTHENTICATOR_SHAPE, include, authenticator=name, fault=fault, remedy=remedy)
        return None
    place = Place(f"{name}.authenticate", function_location(function))
    types = _signature_types(auth, function, place, faults)
    challenge = _read_challenge(auth, Place(name, class_location(cls) or include.location), faults)
    headers_type, user_type = types or (None, None)
    headers = types and compile_text_source(SourceKind.HEADERS, headers_type, place, faults)
    if headers is None:
        return None
    return AuthPlan(
        owner=name,
        headers=headers,
        user_type=user_type,
        user_classes=tuple(filter(None, map(struct_class, union_members(user_type)))),
        is_async=is_async(function),
        challenge=challenge,
        authenticate=getattr(auth, "authenticate"),  # noqa: B009 - found on its class above; `auth` is any object
    )


def _signature_types(
    auth: object, function: Callable[..., object], place: Place, faults: Faults
) -> tuple[object, object] | None:
    """Give the types that an authenticator takes and returns; None where they have faults."""
    name = type(auth).__name__
    try:
        types = _resolve_signature(auth, function)
    except UnresolvedError as error:
        faults.add(UNRESOLVED_ANNOTATION, place, annotation=error.annotation, reason=error.reason)
        return None
    if isinstance(types, str):
        fault = types
    elif not is_struct(types[0]):
        fault = f"it takes `{describe(types[0])}`, which is not a Struct"
    elif not all(map(is_struct, union_members(types[1]))):
        fault = f"it returns `{describe(types[1])}`, which is not a Struct"
    else:
        return types
    faults.add(AUTHENTICATOR_SHAPE, place, authenticator=name, fault=fault, remedy=_SHAPE)
    return None


def _resolve_signature(auth: object, function: Callable[..., object]) -> tuple[object, object] | str:
    """Resolve the one argument and the return type, or say why there is no such pair."""
    arguments = arguments_of(function)
    if not takes_self(function) or len(arguments) != 1 or not is_positional(arguments[0]):
        return "`authenticate` does not take `self` and one argument, `headers`"
    annotations = raw_annotations(function)
    cls = type(auth)
    types: list[object] = []
    for key in (arguments[0].name, "return"):
        if key not in annotations:
            return f"its {'return type' if key == 'return' else f'argument `{key}`'} has no annotation"
        owner = owner_of(cls, "authenticate")
        types.append(unalias(resolve(annotations[key], function, owner, type_bindings(cls, auth))))
    return types[0], types[1]


def _read_challenge(auth: object, place: Place, faults: Faults) -> str | None:
    challenge: object = getattr(auth, "challenge", None)
    if challenge is None or (
        isinstance(challenge, str) and challenge.strip() and challenge.isascii() and challenge.isprintable()
    ):
        return challenge
    fault = f"its `challenge` is {challenge!r}, not the text of a header"
    remedy = 'write it as in `challenge = "Bearer"`'
    faults.add(AUTHENTICATOR_SHAPE, place, authenticator=place.subject, fault=fault, remedy=remedy)
    return None
