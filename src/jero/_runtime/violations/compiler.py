"""A type to the shapes that the walk follows, from msgspec's own description of the type."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, get_origin

import msgspec
from msgspec import inspect

from jero._runtime.violations.annotations import annotation_of
from jero._runtime.violations.builders import (
    BUILD_ITEMS,
    BuildRecord,
    build_typed_dict,
    dataclass_builder,
    named_tuple_builder,
    struct_builder,
    struct_row_builder,
)
from jero._runtime.violations.descriptions import (
    bare_struct,
    flatten,
    has_check,
    marks_secret,
    takes_arrays,
    takes_objects,
    union_of,
)
from jero._runtime.violations.settling import settle
from jero._runtime.violations.shapes import (
    Choice,
    Decode,
    Field,
    Hidden,
    Items,
    Leaf,
    Mapping,
    Record,
    Row,
    Shape,
    Tagged,
)
from jero._runtime.violations.verdicts import decoder, echo_for_texts, make_leaf
from jero._runtime.violations.words import escaped, missing_field

_OPAQUE = (inspect.AnyType, inspect.RawType, inspect.CustomType, inspect.DataclassType)


@dataclasses.dataclass(frozen=True, slots=True)
class Compiled:
    """The shape of a type.

    `is_exact`: it tells numbers apart that a float does not (Decimal). `may_skip`: parts of a document are passed
    over in decoding it, or kept raw. `width`: the fields of its widest object.
    """

    shape: Shape
    is_exact: bool
    may_skip: bool
    width: int


def compile_shape(type_: object) -> Compiled:
    """Give the shape of a type."""
    compiler = _Compiler()
    info = inspect.type_info(type_)
    shape = compiler.shape_of(info)
    compiler.finish()
    return Compiled(shape, compiler.is_exact, compiler.may_skip, compiler.width)


class _Compiler:
    """Makes the shapes of one type; a shape that holds itself is met again in `_known`."""

    def __init__(self) -> None:
        self.is_exact = False
        self._shapes: dict[Shape, None] = {}  # an ordered set
        self._known: dict[int, Shape] = {}

    def shape_of(self, info: inspect.Type) -> Shape:
        """Give the shape of `info`, ready once `finish` has run."""
        known = self._known.get(id(info))
        return known or self._keep(info, _MAKERS.get(type(info), _Compiler.leaf)(self, info))

    def finish(self) -> None:
        """Settle the shapes, once all are there."""
        settle(self._shapes)

    @property
    def may_skip(self) -> bool:
        """Whether decoding passes over anything: in an open object, in an array, or as raw."""
        return any(
            (isinstance(shape, Record) and not shape.is_closed)
            or (isinstance(shape, Row) and shape.most is None)
            or (isinstance(shape, Leaf) and shape.annotation is msgspec.Raw)
            for shape in self._shapes
        )

    @property
    def width(self) -> int:
        """How many fields the widest object has."""
        return max((len(shape.fields) for shape in self._shapes if isinstance(shape, Record)), default=0)

    def _keep[S: Shape](self, info: inspect.Type, shape: S) -> S:
        self._known[id(info)] = shape
        self._shapes[shape] = None
        return shape

    def described(self, info: inspect.Metadata) -> Shape:
        """Make what carries metadata: maybe a secret."""
        inner = self.shape_of(info.type)
        return _hidden(inner) if marks_secret(info) else inner

    def leaf(self, info: inspect.Type) -> Leaf:
        """Make what msgspec judges alone."""
        self.is_exact |= isinstance(info, inspect.DecimalType)
        annotation = annotation_of(info)
        return make_leaf(annotation, [info], is_opaque=isinstance(info, _OPAQUE))

    def struct(self, info: inspect.StructType) -> Shape:
        """Make a Struct, object or array."""
        pick = decoder(bare_struct(info)) if info.tag_field else None
        if info.array_like:
            return self._struct_row(info, pick)
        shape = Record(
            annotation=info.cls,
            tag_field=info.tag_field,
            tag=info.tag,
            pick=pick,
            is_closed=info.forbid_unknown_fields,
            build=struct_builder(info.cls),
            has_check=has_check(info.cls),
        )
        return self._fill(self._keep(info, shape), info.fields)

    def typed_dict(self, info: inspect.TypedDictType) -> Shape:
        """Make a TypedDict."""
        return self._open_record(info, info.fields, info.cls, build_typed_dict)

    def dataclass(self, info: inspect.DataclassType) -> Shape:
        """Make a dataclass; a class of attrs is left to msgspec whole, with whatever secrets it has."""
        if dataclasses.is_dataclass(get_origin(info.cls) or info.cls):
            return self._open_record(info, info.fields, info.cls, dataclass_builder(info.cls))
        return _hidden(self.leaf(info))

    def _open_record(
        self, info: inspect.Type, fields: Sequence[inspect.Field], cls: type, build: BuildRecord
    ) -> Record:
        checks = has_check(cls)
        shape = Record(annotation=cls, tag_field=None, pick=None, is_closed=False, build=build, has_check=checks)
        return self._fill(self._keep(info, shape), fields)

    def _fill(self, shape: Record, fields: Sequence[inspect.Field]) -> Record:
        for it in fields:
            shape.fields[it.encode_name] = Field(it.name, "/" + escaped(it.encode_name), self.shape_of(it.type))
        shape.required = {it.encode_name: missing_field(it.encode_name) for it in fields if it.required}
        shape.parts = tuple(it.shape for it in shape.fields.values())
        shape.judges_extras = shape.is_closed or shape.pick is not None
        return shape

    def _struct_row(self, info: inspect.StructType, pick: Decode | None) -> Row:
        names = [it.name for it in info.fields]
        build = struct_row_builder(info.cls, names)
        shape = Row(annotation=info.cls, pick=pick, build=build, has_check=has_check(info.cls))
        tags = 0 if pick is None else 1
        shape.least = tags + max((at for at, it in enumerate(info.fields, 1) if it.required), default=0)
        shape.most = tags + len(names) if info.forbid_unknown_fields else None
        shape.short = f"Expected `array` of at least length {shape.least}, got {{}}"
        shape.long = f"Expected `array` of at most length {len(names)}"
        return self._place(self._keep(info, shape), [it.type for it in info.fields])

    def tuple(self, info: inspect.TupleType) -> Row:
        """Make a tuple of fixed length."""
        shape = Row(annotation=annotation_of(info), pick=None, build=tuple)
        shape.least = shape.most = len(info.item_types)
        shape.short = shape.long = f"Expected `array` of length {shape.least}"
        return self._place(shape, info.item_types)

    def named_tuple(self, info: inspect.NamedTupleType) -> Row:
        """Make a NamedTuple."""
        build = named_tuple_builder(info.cls, [it.default for it in info.fields])
        shape = Row(annotation=info.cls, pick=None, build=build)
        shape.least, shape.most = sum(it.required for it in info.fields), len(info.fields)
        between = f"{shape.least} to {shape.most}" if shape.least < shape.most else f"{shape.most}"
        shape.short = shape.long = f"Expected `array` of length {between}"
        return self._place(self._keep(info, shape), [it.type for it in info.fields])

    def _place(self, shape: Row, types: Sequence[inspect.Type]) -> Row:
        shape.parts = shape.positions = tuple(map(self.shape_of, types))
        return shape

    def items(self, info: inspect.ListType) -> Items:
        """Make a list, set, frozenset or tuple of like items."""
        item = self.shape_of(info.item_type)
        return Items(
            annotation=annotation_of(info),
            parts=(item,),
            item=item,
            build=BUILD_ITEMS[type(info)],
            is_set=isinstance(info, inspect.SetType | inspect.FrozenSetType),
            least=info.min_length or 0,
            most=info.max_length,
        )

    def mapping(self, info: inspect.DictType) -> Mapping:
        """Make a dict."""
        key, value = self.shape_of(info.key_type), self.shape_of(info.value_type)
        is_free = key.annotation in (str, Any)
        return Mapping(
            annotation=annotation_of(info),
            parts=(key, value),
            key_annotation=key.annotation,
            key=None if is_free else decoder(dict[key.annotation, None]),
            hides_keys=isinstance(key, Hidden),
            value=value,
            least=info.min_length or 0,
            most=info.max_length,
        )

    def union(self, info: inspect.UnionType) -> Shape:
        """Make a union; a secret member makes a secret of it."""
        members, is_secret = flatten(info.types)
        shape = self._choice(annotation_of(info), members)
        if not is_secret:
            return shape
        self._shapes[shape] = None
        return _hidden(shape)

    def _choice(self, annotation: Any, members: list[inspect.Type]) -> Shape:
        is_opaque = any(isinstance(it, inspect.AnyType | inspect.CustomType) for it in members)
        objects = [it for it in members if takes_objects(it)]
        arrays = [it for it in members if takes_arrays(it)]
        self.is_exact |= any(isinstance(it, inspect.DecimalType) for it in members)
        if is_opaque or not (objects or arrays):
            return make_leaf(annotation, members, is_opaque=is_opaque)
        # For msgspec's words a bare dict or list stands for whatever takes objects or arrays.
        plain = [it for it in members if not (takes_objects(it) or takes_arrays(it))]
        scalar = union_of(*map(annotation_of, plain), *[dict] * bool(objects), *[list] * bool(arrays))
        of_object, of_array = self._one_of(objects), self._one_of(arrays)
        return Choice(
            annotation=annotation,
            parts=tuple(part for part in (of_object, of_array) if part),
            scalar=make_leaf(scalar, plain, is_opaque=False),
            of_object=of_object,
            of_array=of_array,
        )

    def _one_of(self, members: list[inspect.Type]) -> Shape | None:
        structs = [it for it in members if isinstance(it, inspect.StructType)]
        if len(structs) <= 1:  # msgspec admits nothing else together with another of its kind
            return self.shape_of(members[0]) if members else None
        bare = [bare_struct(it) for it in structs]
        shapes = [self.shape_of(it) for it in structs]
        tag_field = None if structs[0].array_like else structs[0].tag_field
        pick = decoder(union_of(*bare))
        shape = Tagged(
            annotation=union_of(*[it.cls for it in structs]),
            parts=tuple(shapes),
            tag_field=tag_field,
            pick=pick,
            echo=echo_for_texts((), pick, [""] if tag_field is None else {tag_field: ""}),
            members=dict(zip(bare, shapes, strict=True)),
            by_tag={it.tag: shape for it, shape in zip(structs, shapes, strict=True) if it.tag is not None},
        )
        self._shapes[shape] = None
        return shape


_MAKERS: dict[type[inspect.Type], Callable[[_Compiler, Any], Shape]] = {
    inspect.Metadata: _Compiler.described,
    inspect.StructType: _Compiler.struct,
    inspect.TypedDictType: _Compiler.typed_dict,
    inspect.DataclassType: _Compiler.dataclass,
    inspect.TupleType: _Compiler.tuple,
    inspect.NamedTupleType: _Compiler.named_tuple,
    inspect.DictType: _Compiler.mapping,
    inspect.UnionType: _Compiler.union,
    **dict.fromkeys(BUILD_ITEMS, _Compiler.items),
}


def _hidden(inner: Shape) -> Hidden:
    return Hidden(annotation=inner.annotation, parts=(inner,), inner=inner)
