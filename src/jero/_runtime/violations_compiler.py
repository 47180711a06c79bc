"""A type to the shapes that the walk follows, once per type, from msgspec's own description of it."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Union, cast, get_origin

import msgspec
from msgspec import inspect

from jero._runtime.violations_annotations import annotation_of
from jero._runtime.violations_shapes import (
    Choice,
    Decode,
    Field,
    Hidden,
    Items,
    Leaf,
    Mapping,
    Plan,
    Record,
    Row,
    Shape,
    Tagged,
)

# Containers above each other that one judge may decode at once: a value is decoded at most this many times, and once.
_JUDGED_HEIGHT = 3
_TALL = _JUDGED_HEIGHT + 2
_UNHASHABLE_KEPT = 256

_ARRAYS = (inspect.ListType, inspect.SetType, inspect.FrozenSetType, inspect.VarTupleType)
_ROWS = (inspect.TupleType, inspect.NamedTupleType)
_RECORDS = (inspect.TypedDictType, inspect.DataclassType)
_unhashable: dict[int, tuple[object, Plan]] = {}


def plan_of(type_: object) -> Plan:
    """Give the plan of `type_`, made on first use.

    Raises TypeError for a type that msgspec does not support.
    """
    try:
        hash(type_)
    except TypeError:
        return _plan_of_unhashable(type_)
    return _hashed_plan(type_)


def _plan_of_unhashable(type_: object) -> Plan:
    known = _unhashable.get(id(type_))
    if known is None:
        while len(_unhashable) >= _UNHASHABLE_KEPT:
            _unhashable.pop(next(iter(_unhashable)))
        known = _unhashable[id(type_)] = (
            type_,
            _make_plan(type_),
        )  # holds the type, so that its id stays its own
    return known[1]


@lru_cache(maxsize=1024)
def _hashed_plan(type_: object) -> Plan:
    return _make_plan(type_)


def _make_plan(type_: object) -> Plan:
    decode = _decoder(type_)
    compiler = _Compiler()
    shape = compiler.shape_of(inspect.type_info(type_))
    compiler.finish()
    return Plan(shape, decode, compiler.is_exact)


def _decoder(annotation: Any) -> Decode:
    return msgspec.json.Decoder(annotation).decode


class _Compiler:
    """Makes the shapes of one type; a shape that holds itself is met again in `_known`."""

    def __init__(self) -> None:
        self.is_exact = False
        self._shapes: dict[Shape, None] = {}  # an ordered set
        self._known: dict[int, Shape] = {}

    def shape_of(self, info: inspect.Type) -> Shape:
        """Give the shape of `info`, ready once `finish` has run."""
        known = self._known.get(id(info))
        return known or self._note(info, self._make(info))

    def finish(self) -> None:
        """Settle what a shape knows of its parts, and give the low ones their judges."""
        changed = True
        while changed:  # to a fixed point, since shapes may hold themselves
            changed = any([_settle(shape) for shape in self._shapes])
        for shape in self._shapes:
            if shape.height > _TALL - 1:
                continue
            if isinstance(shape, Record | Row) and shape.height <= _JUDGED_HEIGHT:
                shape.judge = _decoder(shape.annotation)
            elif isinstance(shape, Items):
                shape.judge = _decoder(list[shape.item.annotation])
            elif isinstance(shape, Mapping):
                shape.judge = _decoder(dict[shape.parts[0].annotation, shape.value.annotation])

    def _note[S: Shape](self, info: inspect.Type, shape: S) -> S:
        self._known[id(info)] = shape
        self._shapes[shape] = None
        return shape

    def _make(self, info: inspect.Type) -> Shape:
        match info:
            case inspect.Metadata(type=described, extra=extra):
                inner = self.shape_of(described)
                return _hidden(inner) if extra and extra.get("secret") else inner
            case inspect.UnionType():
                return self._choice(info)
            case inspect.StructType(array_like=True):
                return self._struct_row(info)
            case inspect.StructType():
                return self._struct(info)
            case inspect.DictType():
                return self._mapping(info)
            case inspect.ListType() | inspect.SetType() | inspect.FrozenSetType() | inspect.VarTupleType():
                return self._items(info)
            case inspect.TupleType(item_types=items):
                return self._tuple(info, items)
            case inspect.NamedTupleType():
                return self._named_tuple(info)
            case inspect.TypedDictType():
                return self._record(info, info.fields, _same)
            case inspect.DataclassType() if dataclasses.is_dataclass(get_origin(info.cls) or info.cls):
                return self._record(info, info.fields, _dataclass_builder(info.cls))
            case inspect.DataclassType():
                return self._foreign(info)
            case _:
                return self._leaf(info)

    def _foreign(self, info: inspect.DataclassType) -> Leaf:
        """Leave a class of attrs to msgspec as a whole: it runs converters and validators of its own."""
        shape = self._note(info, Leaf(annotation=info.cls, decode=_decoder(info.cls), is_whole=True))
        shape.parts = tuple(self.shape_of(it.type) for it in info.fields)
        return shape

    def _leaf(self, info: inspect.Type) -> Leaf:
        self.is_exact |= isinstance(info, inspect.DecimalType)
        annotation = annotation_of(info)
        whole = isinstance(info, inspect.AnyType | inspect.RawType | inspect.CustomType)
        return Leaf(annotation=annotation, decode=_decoder(annotation), is_whole=whole)

    def _items(
        self, info: inspect.ListType | inspect.SetType | inspect.FrozenSetType | inspect.VarTupleType
    ) -> Items:
        item = self.shape_of(info.item_type)
        return Items(
            annotation=annotation_of(info),
            parts=(item,),
            item=item,
            build=_BUILDERS[type(info)],
            least=info.min_length or 0,
            most=info.max_length,
        )

    def _mapping(self, info: inspect.DictType) -> Mapping:
        key, value = self.shape_of(info.key_type), self.shape_of(info.value_type)
        annotation = annotation_of(info.key_type)
        return Mapping(
            annotation=annotation_of(info),
            parts=(key, value),
            key=None if annotation in (str, Any) else _decoder(dict[annotation, None]),
            hides_keys=isinstance(key, Hidden),
            value=value,
            least=info.min_length or 0,
            most=info.max_length,
        )

    def _struct(self, info: inspect.StructType) -> Record:
        shape = self._note(
            info,
            Record(
                annotation=info.cls,
                tag_field=info.tag_field,
                pick=_decoder(_bare(info)) if info.tag_field else None,
                is_closed=info.forbid_unknown_fields,
                build=_struct_builder(info.cls),
            ),
        )
        return self._fill(shape, info.fields)

    def _record(
        self,
        info: inspect.TypedDictType | inspect.DataclassType,
        fields: Sequence[inspect.Field],
        build: Callable[[dict[str, object]], object],
    ) -> Record:
        bare = Record(annotation=info.cls, tag_field=None, pick=None, is_closed=False, build=build)
        return self._fill(self._note(info, bare), fields)

    def _fill(self, shape: Record, fields: Sequence[inspect.Field]) -> Record:
        for it in fields:
            shape.fields[it.encode_name] = Field(it.name, it.encode_name, self.shape_of(it.type))
        shape.required = tuple(it.encode_name for it in fields if it.required)
        shape.parts = tuple(it.shape for it in shape.fields.values())
        return shape

    def _struct_row(self, info: inspect.StructType) -> Row:
        pick = _decoder(_bare(info)) if info.tag_field else None
        names = [it.name for it in info.fields]
        build = _struct_builder(info.cls)
        shape = Row(
            annotation=info.cls, pick=pick, build=lambda values: build(dict(zip(names, values, strict=False)))
        )
        self._note(info, shape)
        shape.parts = shape.positions = tuple(self.shape_of(it.type) for it in info.fields)
        tags = int(pick is not None)
        shape.least = tags + max((at for at, it in enumerate(info.fields, 1) if it.required), default=0)
        shape.most = tags + len(names) if info.forbid_unknown_fields else None
        shape.short = f"Expected `array` of at least length {shape.least}, got {{}}"
        shape.long = f"Expected `array` of at most length {len(names)}"
        return shape

    def _tuple(self, info: inspect.TupleType, items: Sequence[inspect.Type]) -> Row:
        positions = tuple(map(self.shape_of, items))
        words = f"Expected `array` of length {len(positions)}"
        return Row(
            annotation=annotation_of(info),
            parts=positions,
            positions=positions,
            pick=None,
            least=len(positions),
            most=len(positions),
            short=words,
            long=words,
            build=tuple,
        )

    def _named_tuple(self, info: inspect.NamedTupleType) -> Row:
        cls = cast("type[tuple[object, ...]]", get_origin(info.cls) or info.cls)
        defaults = [it.default for it in info.fields]
        shape = Row(
            annotation=info.cls,
            pick=None,
            build=lambda values: tuple.__new__(cls, [*values, *defaults[len(values) :]]),
        )
        self._note(info, shape)
        shape.parts = shape.positions = tuple(self.shape_of(it.type) for it in info.fields)
        shape.least, shape.most = sum(it.required for it in info.fields), len(info.fields)
        between = f"{shape.least} to {shape.most}" if shape.least < shape.most else f"{shape.most}"
        shape.short = shape.long = f"Expected `array` of length {between}"
        return shape

    def _choice(self, info: inspect.UnionType) -> Shape:
        members, is_secret = _flatten(info.types)
        shape = self._open_choice(info, members)
        if not is_secret:
            return shape
        self._shapes[shape] = None
        return _hidden(shape)

    def _open_choice(self, info: inspect.UnionType, members: list[inspect.Type]) -> Shape:
        whole = any(isinstance(member, inspect.AnyType | inspect.CustomType) for member in members)
        objects = [it for it in members if _takes_objects(it)]
        arrays = [it for it in members if _takes_arrays(it)]
        annotation = annotation_of(info)
        if whole or not (objects or arrays):
            return Leaf(annotation=annotation, decode=_decoder(annotation), is_whole=whole)
        # For msgspec's words a bare dict or list stands for whatever takes objects or arrays.
        plain = [annotation_of(it) for it in members if not (_takes_objects(it) or _takes_arrays(it))]
        stand_ins = [dict] * bool(objects) + [list] * bool(arrays)
        scalar = Union[tuple([*plain, *stand_ins])]  # noqa: UP007  # built at run time
        of_object = self._one_of(objects, is_array=False)
        of_array = self._one_of(arrays, is_array=True)
        return Choice(
            annotation=annotation,
            parts=tuple(part for part in (of_object, of_array) if part),
            scalar=Leaf(annotation=scalar, decode=_decoder(scalar)),
            of_object=of_object,
            of_array=of_array,
        )

    def _one_of(self, members: list[inspect.Type], *, is_array: bool) -> Shape | None:
        if len(members) <= 1:
            return self.shape_of(members[0]) if members else None
        structs = [
            it for it in members if isinstance(it, inspect.StructType)
        ]  # msgspec admits no others together
        bare = [_bare(it) for it in structs]
        shapes = [self.shape_of(it) for it in structs]
        tagged = Tagged(
            annotation=Union[tuple(it.cls for it in structs)],  # noqa: UP007  # built at run time
            parts=tuple(shapes),
            tag_field=None if is_array else structs[0].tag_field,
            pick=_decoder(Union[tuple(bare)]),  # noqa: UP007  # built at run time
            members=dict(zip(bare, shapes, strict=True)),
        )
        self._shapes[tagged] = None
        return tagged


def _settle(shape: Shape) -> bool:
    """Bring `shape` up to date with its parts; True if that changed it."""
    own = 1 if isinstance(shape, Items | Mapping | Record | Row) else 0
    height = min(_TALL, own + max((part.height for part in shape.parts), default=0))
    holds = isinstance(shape, Hidden) or any(part.holds_secret for part in shape.parts)
    changed = (height, holds) != (shape.height, shape.holds_secret)
    shape.height, shape.holds_secret = height, holds
    return changed


def _hidden(inner: Shape) -> Hidden:
    return Hidden(annotation=inner.annotation, parts=(inner,), inner=inner)


def _flatten(types: Iterable[inspect.Type]) -> tuple[list[inspect.Type], bool]:
    """Give the members of a union, out of nested unions and metadata, and whether any is marked secret."""
    members: list[inspect.Type] = []
    is_secret = False
    for info in types:
        match info:
            case inspect.Metadata(type=described, extra=extra):
                inner, inner_secret = _flatten((described,))
                is_secret |= inner_secret or bool(extra and extra.get("secret"))
                members += inner
            case inspect.UnionType(types=nested):
                inner, inner_secret = _flatten(nested)
                is_secret |= inner_secret
                members += inner
            case inspect.RawType():
                pass  # msgspec lets it count for nothing in a union
            case _:
                members.append(info)
    return members, is_secret


def _takes_objects(info: inspect.Type) -> bool:
    if isinstance(info, inspect.StructType):
        return not info.array_like
    return isinstance(info, inspect.DictType | inspect.TypedDictType | inspect.DataclassType)


def _takes_arrays(info: inspect.Type) -> bool:
    return isinstance(info, (*_ARRAYS, *_ROWS)) or (isinstance(info, inspect.StructType) and info.array_like)


def _bare(info: inspect.StructType) -> type[msgspec.Struct]:
    """Give a Struct with the tag of `info` and nothing else, by which msgspec judges a tag alone."""
    return msgspec.defstruct("Tag", [], tag=info.tag, tag_field=info.tag_field, array_like=info.array_like)


def _struct_builder(cls: type) -> Callable[[dict[str, object]], object]:
    make = cast("Callable[..., object]", get_origin(cls) or cls)
    return lambda values: make(**values)


def _dataclass_builder(cls: type) -> Callable[[dict[str, object]], object]:
    """Build as msgspec does: without `__init__`, with the defaults of the fields, then `__post_init__`."""
    made_of = cast("type", get_origin(cls) or cls)
    defaults = {it.name: it for it in dataclasses.fields(made_of)}

    def build(values: dict[str, object]) -> object:
        made = object.__new__(made_of)
        for name, it in defaults.items():
            if name in values:
                object.__setattr__(made, name, values[name])
            elif it.default is not dataclasses.MISSING:
                object.__setattr__(made, name, it.default)
            elif it.default_factory is not dataclasses.MISSING:
                object.__setattr__(made, name, it.default_factory())
        check = getattr(made, "__post_init__", None)
        if check is not None:
            check()
        return made

    return build


def _same(values: dict[str, object]) -> object:
    return values


_BUILDERS: dict[type, Callable[[list[object]], Any]] = {
    inspect.ListType: list,
    inspect.SetType: set,
    inspect.FrozenSetType: frozenset,
    inspect.VarTupleType: tuple,
}
