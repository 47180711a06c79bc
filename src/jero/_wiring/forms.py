"""The Struct of a form to its fields: what the parts of each are given as, or the faults."""

from dataclasses import dataclass
from typing import Annotated, TypeVar, cast, get_args, get_origin

import msgspec
from msgspec import inspect as shapes

from jero._plan import FormField, PartContent, PartKind, SourceKind, SourcePlan, TextField
from jero._wiring.annotations import describe, is_struct, unalias, union_members
from jero._wiring.catalogue import ARRAY_LIKE, FORM_FIELD_TYPE, PART_HEADERS, SOURCE_NOT_STRUCT
from jero._wiring.codecs import check_decodable, struct_shape
from jero._wiring.faults import Faults, Place
from jero._wiring.text_fields import TextReading, plan_text, read_text_struct
from jero.forms import FilePart, FormPart, SpooledFilePart

_KINDS: dict[object, PartKind] = {
    FormPart: PartKind.PART,
    FilePart: PartKind.FILE,
    SpooledFilePart: PartKind.SPOOLED_FILE,
}
_NO_TEXT = TextReading((), keeps_blank=True)


def compile_form(annotation: object, place: Place, faults: Faults) -> SourcePlan | None:
    """Plan a form; None where it has faults."""
    kind = SourceKind.FORM
    if not is_struct(annotation):
        faults.add(SOURCE_NOT_STRUCT, place, name=kind, expected="a Struct", type=describe(annotation))
        return None
    shape = struct_shape(annotation, place, faults)
    if shape is None:
        return None
    if shape.array_like:
        faults.add(ARRAY_LIKE, place, type=describe(annotation), name=kind)
        return None
    struct = cast("type[msgspec.Struct]", annotation)  # or a generic one with its arguments, which works as well
    form = _Form(annotation, place, faults)
    fields = [form.plan(field) for field in msgspec.structs.fields(struct)]
    planned = tuple(field for field in fields if field is not None)
    if len(planned) < len(fields):
        return None
    forbids_unknown = shape.forbid_unknown_fields
    return SourcePlan(kind, kind, annotation, forbids_unknown=forbids_unknown, form_fields=planned)


@dataclass(frozen=True, slots=True)
class _Content:
    """What one part of a field holds, and the type that it becomes."""

    kind: PartContent
    data_type: object
    text: TextReading = _NO_TEXT


@dataclass(frozen=True, slots=True)
class _Form:
    """The Struct under compilation."""

    annotation: object
    place: Place
    faults: Faults

    def plan(self, field: msgspec.structs.FieldInfo) -> FormField | None:
        members = _members(field.type)
        lists = [member for member in members if get_origin(member) is list]
        if lists and len(members) > 1:
            return self._refuse(field, ": a list does not mix with other types")
        item: object = field.type
        if lists:
            item = _with_secret(field.type, get_args(lists[0])[0])
            members = _members(item)
        kind = next((_KINDS[cls] for cls in map(_class_of, members) if cls in _KINDS), PartKind.VALUE)
        data_type, headers_type = _arguments(kind, item, members)
        content = self._content(field, data_type)
        headers = self._headers(field, headers_type)
        if content is None or headers is None:
            return None
        takes_none = type(None) in union_members(unalias(field.type))
        return FormField(
            key=field.encode_name,
            annotation=field.type,
            kind=kind,
            content=content.kind,
            data_type=content.data_type,
            reads=content.text.reads,
            keeps_blank=content.text.keeps_blank,
            headers_type=headers_type,
            header_fields=headers,
            is_list=bool(lists),
            is_required=field.required and not takes_none,
            absent_is_none=field.required and takes_none,
        )

    def _content(self, field: msgspec.structs.FieldInfo, data_type: object) -> _Content | None:
        """Say what a part of a field holds; a list, or the class of a part, inside of it is a fault."""
        members = _members(data_type)
        if members and all(map(is_struct, members)):
            if check_decodable(data_type, self.place, self.faults):
                return _Content(PartContent.JSON, data_type)
            return None
        if members == (bytes,):
            return _Content(PartContent.BYTES, data_type)
        try:
            text = plan_text(shapes.type_info(data_type))
        except TypeError:  # what is no type at all, such as a type parameter without its argument
            text = None
        if members and text is not None:
            return _Content(PartContent.TEXT, data_type, text)
        what = "" if data_type is field.type else f": `{describe(data_type)}` is not the content of one part"
        self._refuse(field, what)
        return None

    def _headers(self, field: msgspec.structs.FieldInfo, headers_type: object) -> tuple[TextField, ...] | None:
        """Plan what the Struct of a part's headers reads; None where it has faults."""
        if headers_type is None:
            return ()
        if not is_struct(headers_type):
            words = {"field_type": describe(field.type), "headers": describe(headers_type)}
            self.faults.add(PART_HEADERS, self.place, field=field.name, type=describe(self.annotation), **words)
            return None
        struct = read_text_struct(headers_type, SourceKind.HEADERS, self.place, self.faults)
        return None if struct is None else struct.fields

    def _refuse(self, field: msgspec.structs.FieldInfo, why: str) -> None:
        self.faults.add(
            FORM_FIELD_TYPE,
            self.place,
            field=field.name,
            type=describe(self.annotation),
            field_type=describe(field.type),
            why=why,
        )


def _members(annotation: object) -> tuple[object, ...]:
    """Give the members of a union but None, or the one type that it is."""
    return tuple(member for member in union_members(unalias(annotation)) if member is not type(None))


def _class_of(member: object) -> object:
    return get_origin(member) or member


def _arguments(kind: PartKind, item: object, members: tuple[object, ...]) -> tuple[object, object]:
    """Give the types of a part's data and of its headers."""
    if kind is PartKind.VALUE:
        return item, None
    arguments = [*get_args(members[0])]
    data_type: object = bytes
    if kind is PartKind.PART:
        data_type = _with_secret(item, arguments.pop(0) if arguments else FormPart)
    headers = unalias(arguments[0]) if arguments else None
    is_left_out = headers is type(None) or isinstance(headers, TypeVar)  # as a class that stood for a type parameter
    return data_type, None if is_left_out else headers


def _with_secret(outer: object, inner: object) -> object:
    """Carry the mark of a secret from a list or a part to what is in it."""
    while get_origin(outer) is not Annotated:
        bare = unalias(outer, keeps_metadata=True)
        if bare is outer:
            return inner
        outer = bare
    extras = [meta.extra for meta in get_args(outer)[1:] if isinstance(meta, msgspec.Meta) and meta.extra]
    return Annotated[inner, msgspec.Meta(extra=extras[-1])] if extras else inner
