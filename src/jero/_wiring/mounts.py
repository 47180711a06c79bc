"""One include checked as a whole: the right kind of object, its path, ref, metadata and operation names."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import cast

from jero._plan import Segment
from jero._wiring.catalogue import (
    NEARLY_AN_OPERATION,
    NO_OPERATIONS,
    NO_PATH,
    TWO_PATHS,
    WRONG_KIND,
    WRONG_META,
    WRONG_REF,
)
from jero._wiring.faults import Faults, Place
from jero._wiring.locations import class_location
from jero._wiring.templates import parse_template
from jero.operations import (
    ENDPOINT_OPERATIONS,
    RESOURCE_OPERATIONS,
    Declaration,
    Endpoint,
    EndpointMeta,
    OperationKind,
    OperationMeta,
    Resource,
    ResourceMeta,
)

type AnyMeta = ResourceMeta | EndpointMeta | OperationMeta


@dataclass(frozen=True, slots=True)
class MountShape:
    """What one kind of include takes: the base class, its operations and the metadata that fits it."""

    base: type[Resource | Endpoint]
    include: str
    operations: Mapping[str, OperationKind]
    meta: type[ResourceMeta | EndpointMeta]


RESOURCE = MountShape(Resource, "_include_resource", RESOURCE_OPERATIONS, ResourceMeta)
ENDPOINT = MountShape(Endpoint, "_include_endpoint", ENDPOINT_OPERATIONS, EndpointMeta)


@dataclass(frozen=True, slots=True)
class Mount:
    """One include, as `_wire` asked for it: the object, its keywords, and where the call stands."""

    shape: MountShape
    instance: object
    path: str | None
    auth: object
    limits: Mapping[str, object]
    location: str


@dataclass(frozen=True, slots=True)
class CheckedMount:
    """A mount whose object is of the right kind; `segments` is None where its path has faults."""

    declaration: Declaration
    segments: tuple[Segment, ...] | None
    location: str | None


def check_mount(mount: Mount, refs: dict[str, str], faults: Faults) -> CheckedMount | None:
    """Check an include; None where the object is of the wrong kind, so that nothing more can be said."""
    shape, instance = mount.shape, mount.instance
    if not isinstance(instance, shape.base):
        _add_wrong_kind(mount, faults)
        return None
    cls = type(instance)
    place = Place(cls.__name__, class_location(cls) or mount.location)
    declaration = instance.__jero_declaration__
    segments = _check_path(mount, declaration.path, place, faults)
    _check_ref(declaration, cls, refs, place, faults)
    _check_meta(shape, declaration, place, faults)
    _check_names(shape, cls, place, faults)
    return CheckedMount(declaration, segments, place.location)


def _add_wrong_kind(mount: Mount, faults: Faults) -> None:
    shape, instance = mount.shape, mount.instance
    other = ENDPOINT if shape is RESOURCE else RESOURCE
    wanted = shape.base.__name__
    if isinstance(instance, type):
        fault = f"`{instance.__name__}` is a class, and an instance is mounted"
        remedy = f"include `{instance.__name__}(...)`"
    elif isinstance(instance, other.base):
        name, kind, its = type(instance).__name__, _with_article(other.base), _with_article(shape.base)
        fault = f"`{name}` is {kind}, and this include takes {its}"
        remedy = f"include it with `{other.include}`"
    else:
        fault = f"`{type(instance).__name__}` does not derive from {wanted}"
        remedy = f"declare it as `class {type(instance).__name__}({wanted})`"
    faults.add(WRONG_KIND, Place(f"{shape.include}(...)", mount.location), fault=fault, remedy=remedy)


def _check_path(mount: Mount, declared: object, place: Place, faults: Faults) -> tuple[Segment, ...] | None:
    """Check the path where it is written: on the class, which `place` names, or at the include."""
    include = Place(place.subject, mount.location)
    included: object = mount.path
    if included is not None and declared is not None and included != declared:
        faults.add(TWO_PATHS, include, declared=declared, included=included)
        return None
    path, where = (included, include) if declared is None else (declared, place)
    if path is None:
        faults.add(NO_PATH, include, owner=place.subject, kind=mount.shape.base.__name__)
        return None
    if not isinstance(path, str):
        faults.add(WRONG_KIND, where, fault=f"the path is {path!r}, not a str", remedy='write `path="/..."`')
        return None
    return parse_template(path, where, faults)


def _check_ref(declaration: Declaration, cls: type, refs: dict[str, str], place: Place, faults: Faults) -> None:
    ref = declaration.ref
    if ref is None:
        return
    if not isinstance(ref, str) or not ref.isidentifier():
        fault = f"`ref={ref!r}` is not a name"
        faults.add(WRONG_REF, place, fault=fault, remedy='use letters, digits and "_": `ref="widgets"`')
        return
    if ref in refs:
        fault = f'`ref="{ref}"` is already the handle of {refs[ref]}'
        faults.add(WRONG_REF, place, fault=fault, remedy="give each mounted class a ref of its own")
    refs.setdefault(ref, f"{cls.__name__} ({place.location})")


def _check_meta(shape: MountShape, declaration: Declaration, place: Place, faults: Faults) -> None:
    expected: list[tuple[str, object, type[AnyMeta]]] = [("meta", declaration.meta, shape.meta)]
    expected += [(f"meta_{name}", value, OperationMeta) for name, value in declaration.operation_meta.items()]
    for keyword, value, kind_of_meta in expected:
        fault = None if value is None else _meta_fault(value, kind_of_meta)
        if fault is not None:
            remedy = f"pass `{keyword}={kind_of_meta.__name__}(...)`{fault[1]}"
            faults.add(WRONG_META, place, keyword=keyword, fault=fault[0], remedy=remedy)


def _meta_fault(value: object, expected: type[AnyMeta]) -> tuple[str, str] | None:
    """Say what is wrong with a `meta` keyword, and what its remedy adds; None where nothing is."""
    if isinstance(value, type):
        return f"is the class `{value.__name__}`, not an object", ""
    if not isinstance(value, expected):
        return f"is of type `{type(value).__name__}`, not `{expected.__name__}`", ""
    for field in fields(value):
        content: object = getattr(value, field.name)
        if field.name == "tags" and not _is_tuple_of_str(content):
            return f"has tags={content!r}, which is not a tuple of str", ' with `tags=("...",)`'
        if field.name != "tags" and not isinstance(content, str | None):
            return f"has {field.name}={content!r}, which is not a str", f' with `{field.name}="..."`'
    return None


def _is_tuple_of_str(value: object) -> bool:
    if not isinstance(value, tuple):
        return False
    items = cast("tuple[object, ...]", value)  # isinstance leaves its parameters open
    return all(isinstance(item, str) for item in items)


def _check_names(shape: MountShape, cls: type, place: Place, faults: Faults) -> None:
    names = [name for base in reversed(cls.__mro__) for name in base.__dict__ if base is not object]
    methods = dict.fromkeys(name for name in names if not name.startswith("_") and _is_method(cls, name))
    for name in methods:
        operation = next((known for known in shape.operations if _one_edit_apart(name, known)), None)
        if name not in shape.operations and operation is not None:
            faults.add(NEARLY_AN_OPERATION, place, name=name, operation=operation)
    if not any(name in shape.operations for name in names):
        other = ENDPOINT if shape is RESOURCE else RESOURCE
        defined = [name for name in methods if name in other.operations]
        kind, other_kind = _with_article(shape.base), _with_article(other.base)
        hint = f"; `{defined[0]}` is one of {other_kind}: derive from {other.base.__name__}?" if defined else ""
        known = ", ".join(f"`{name}`" for name in shape.operations)
        faults.add(NO_OPERATIONS, place, a_kind=kind, hint=hint, known=known)


def _is_method(cls: type, name: str) -> bool:
    """Say whether an attribute can be called and is no class: a Struct may be declared within."""
    value: object = getattr(cls, name, None)
    return callable(value) and not isinstance(value, type)


def _with_article(cls: type) -> str:
    return f"an {cls.__name__}" if cls is Endpoint else f"a {cls.__name__}"


def _one_edit_apart(name: str, known: str) -> bool:
    """Say whether one letter added, left out or changed, or two swapped, makes the one into the other."""
    if abs(len(name) - len(known)) > 1 or name == known:
        return False
    start = 0
    while start < min(len(name), len(known)) and name[start] == known[start]:
        start += 1
    rest, known_rest = name[start:], known[start:]
    swapped = rest[:2] == known_rest[:2][::-1] and len(rest) > 1 and rest[2:] == known_rest[2:]
    return swapped or rest[1:] == known_rest[1:] or rest[1:] == known_rest or rest == known_rest[1:]
