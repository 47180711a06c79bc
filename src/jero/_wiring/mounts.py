"""One include checked as a whole: the right kind of object, its path, ref and metadata, and operation names."""

from collections.abc import Mapping
from dataclasses import dataclass

from jero._plan import Segment
from jero._wiring.faults import (
    NEARLY_AN_OPERATION,
    NO_OPERATIONS,
    NO_PATH,
    TWO_PATHS,
    WRONG_KIND,
    WRONG_META,
    WRONG_REF,
    Faults,
    Place,
)
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
class CheckedMount:
    """A mount whose object is of the right kind; `segments` is None where its path has faults."""

    declaration: Declaration
    segments: tuple[Segment, ...] | None
    location: str | None


def check_mount(
    shape: MountShape, instance: object, path: str | None, location: str, refs: dict[str, str], faults: Faults
) -> CheckedMount | None:
    """Check an include; None where the object is of the wrong kind, so that nothing more can be said."""
    cls = type(instance)
    if not isinstance(instance, shape.base):
        _add_wrong_kind(shape, instance, Place(f"{shape.include}(...)", location), faults)
        return None
    place = Place(cls.__name__, class_location(cls) or location)
    declaration = instance.__jero_declaration__
    segments = _check_path(shape, cls, path, declaration, Place(cls.__name__, location), faults)
    _check_ref(declaration, cls, refs, place, faults)
    _check_meta(shape, declaration, place, faults)
    _check_names(shape, cls, place, faults)
    return CheckedMount(declaration, segments, place.location)


def _add_wrong_kind(shape: MountShape, instance: object, place: Place, faults: Faults) -> None:
    other = ENDPOINT if shape is RESOURCE else RESOURCE
    wanted = shape.base.__name__
    if isinstance(instance, type):
        fault = f"`{instance.__name__}` is a class, and an instance is mounted"
        remedy = f"include `{instance.__name__}(...)`"
    elif isinstance(instance, other.base):
        fault = f"`{type(instance).__name__}` is an {other.base.__name__}, and this include takes a {wanted}"
        fault = fault.replace("an Resource", "a Resource").replace("a Endpoint", "an Endpoint")
        remedy = f"include it with `{other.include}`"
    else:
        fault = f"`{type(instance).__name__}` does not derive from {wanted}"
        remedy = f"declare it as `class {type(instance).__name__}({wanted})`"
    faults.add(WRONG_KIND, place, fault=fault, remedy=remedy)


def _check_path(
    shape: MountShape, cls: type, included: str | None, declaration: Declaration, place: Place, faults: Faults
) -> tuple[Segment, ...] | None:
    declared = declaration.path
    if included is not None and declared is not None and included != declared:
        faults.add(TWO_PATHS, place, declared=declared, included=included)
        return None
    path = declared if included is None else included
    if path is None:
        faults.add(NO_PATH, place, owner=cls.__name__, kind=shape.base.__name__)
        return None
    if not isinstance(path, str):
        fault = f"the path is {path!r}, not a str"
        faults.add(WRONG_KIND, place, fault=fault, remedy='write it as text: `path="/..."`')
        return None
    return parse_template(path, place, faults)


def _check_ref(
    declaration: Declaration, cls: type, refs: dict[str, str], place: Place, faults: Faults
) -> None:
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
    expected: list[tuple[str, object, type]] = [("meta", declaration.meta, shape.meta)]
    expected += [(f"meta_{name}", value, OperationMeta) for name, value in declaration.operation_meta.items()]
    for keyword, value, kind_of_meta in expected:
        if value is not None and not isinstance(value, kind_of_meta):
            what = f"a {value.__name__} class" if isinstance(value, type) else f"a {type(value).__name__}"
            faults.add(WRONG_META, place, keyword=keyword, what=what, expected=kind_of_meta.__name__)


def _check_names(shape: MountShape, cls: type, place: Place, faults: Faults) -> None:
    names = [name for base in reversed(cls.__mro__) for name in base.__dict__ if base is not object]
    methods = dict.fromkeys(
        name for name in names if callable(getattr(cls, name)) and not name.startswith("_")
    )
    for name in methods:
        operation = next((known for known in shape.operations if _one_edit_apart(name, known)), None)
        if name not in shape.operations and operation is not None:
            faults.add(NEARLY_AN_OPERATION, place, name=name, operation=operation)
    if not any(name in shape.operations for name in names):
        other = ENDPOINT if shape is RESOURCE else RESOURCE
        defined = [name for name in methods if name in other.operations]
        kind, other_kind = _with_article(shape.base), _with_article(other.base)
        hint = (
            f"; `{defined[0]}` is one of {other_kind}: derive from {other.base.__name__}?" if defined else ""
        )
        known = ", ".join(f"`{name}`" for name in shape.operations)
        faults.add(NO_OPERATIONS, place, a_kind=kind, hint=hint, known=known)


def _with_article(cls: type) -> str:
    return f"an {cls.__name__}" if cls is Endpoint else f"a {cls.__name__}"


def _one_edit_apart(name: str, known: str) -> bool:
    """Say whether one letter added, left out, changed, or two neighbours swapped, makes the one into the other."""
    if abs(len(name) - len(known)) > 1 or name == known:
        return False
    start = 0
    while start < min(len(name), len(known)) and name[start] == known[start]:
        start += 1
    rest, known_rest = name[start:], known[start:]
    swapped = rest[:2] == known_rest[:2][::-1] and len(rest) > 1 and rest[2:] == known_rest[2:]
    return swapped or rest[1:] == known_rest[1:] or rest[1:] == known_rest or rest == known_rest[1:]
