"""The object given as `auth=` to its plan, or to faults."""

import inspect

from jero._plan import AuthPlan, SourceKind
from jero._wiring.annotations import (
    UnresolvedError,
    describe,
    is_struct,
    raw_annotations,
    resolve,
    type_bindings,
    union_members,
)
from jero._wiring.faults import AUTHENTICATOR_SHAPE, UNRESOLVED_ANNOTATION, Faults, Place
from jero._wiring.locations import function_location, owner_of
from jero._wiring.sources import compile_text_source


def compile_authenticator(auth: object, place: Place, faults: Faults) -> AuthPlan | None:
    """Plan an authenticator: `authenticate(self, headers: H) -> U`, sync or async; None where it has faults."""
    cls = auth if isinstance(auth, type) else type(auth)
    name = cls.__name__
    function = inspect.getattr_static(cls, "authenticate", None)
    if isinstance(auth, type) or not inspect.isfunction(function):
        fault = (
            "it is a class, not an object" if isinstance(auth, type) else "it has no method `authenticate`"
        )
        faults.add(AUTHENTICATOR_SHAPE, place, authenticator=name, fault=fault)
        return None
    place = Place(f"{name}.authenticate", function_location(function))
    parameters = list(inspect.signature(function).parameters.values())[1:]
    if len(parameters) != 1 or parameters[0].kind not in _ORDINARY:
        fault = f"`authenticate` takes {len(parameters)} arguments besides `self`, not one"
        faults.add(AUTHENTICATOR_SHAPE, place, authenticator=name, fault=fault)
        return None
    annotations = raw_annotations(function)
    types: list[object] = []
    for key in (parameters[0].name, "return"):
        if key not in annotations:
            what = "return type" if key == "return" else f"argument `{key}`"
            faults.add(AUTHENTICATOR_SHAPE, place, authenticator=name, fault=f"its {what} has no annotation")
            return None
        try:
            types.append(
                resolve(annotations[key], function, owner_of(cls, "authenticate"), type_bindings(cls, auth))
            )
        except UnresolvedError as error:
            faults.add(UNRESOLVED_ANNOTATION, place, annotation=error.annotation, reason=error.reason)
            return None
    headers_type, user_type = types
    if not is_struct(headers_type) or not all(map(is_struct, union_members(user_type))):
        what = ("takes", headers_type) if not is_struct(headers_type) else ("returns", user_type)
        fault = f"`authenticate` {what[0]} `{describe(what[1])}`, which is not a Struct"
        faults.add(AUTHENTICATOR_SHAPE, place, authenticator=name, fault=fault)
        return None
    headers = compile_text_source(SourceKind.HEADERS, headers_type, place, faults)
    challenge = getattr(auth, "challenge", None)
    if challenge is not None and not isinstance(challenge, str):
        fault = f"its `challenge` is {challenge!r}, not a str such as 'Bearer'"
        faults.add(AUTHENTICATOR_SHAPE, place, authenticator=name, fault=fault)
        return None
    if headers is None:
        return None
    return AuthPlan(
        owner=name,
        headers=headers,
        user_type=user_type,
        is_async=inspect.iscoroutinefunction(inspect.unwrap(function)),
        challenge=challenge,
        authenticate=getattr(auth, "authenticate"),  # noqa: B009 - found on its class above; `auth` is any object
    )


_ORDINARY = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
