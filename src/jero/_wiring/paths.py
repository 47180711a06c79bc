"""The whole path of an operation: its mount's, extended by the fields of `path`, or the faults between the two."""

from msgspec import inspect as shapes

from jero._plan import Segment, SourcePlan
from jero._wiring.annotations import describe
from jero._wiring.catalogue import NO_PATH_ARGUMENT, PATH_DEFAULT, PATH_EXTRA_FIELDS, PATH_SLOT, SLOT_NOT_COVERED
from jero._wiring.codecs import struct_shape
from jero._wiring.faults import Faults, Place, did_you_mean, listed
from jero._wiring.handlers import Handler
from jero._wiring.templates import format_template, is_snake_case


def extend_path(
    segments: tuple[Segment, ...],
    source: SourcePlan | None,
    handler: Handler,
    *,
    is_item: bool,
    faults: Faults,
) -> tuple[Segment, ...] | None:
    """Give an operation's whole path: the mount's, extended by the `path` fields that are no slots of it."""
    path = format_template(segments)
    slots = [segment.text for segment in segments if segment.is_slot]
    if source is None:
        if slots:
            faults.add(NO_PATH_ARGUMENT, handler.place, path=path, slots=listed(slots))
        return None if slots else segments
    place = handler.place.argument(source.argument)
    shape = struct_shape(source.annotation, place, faults)
    if shape is None:
        return None
    count = len(faults.found)
    _check_slots(segments, shape, source, place, faults)
    extra = [field for field in source.fields if field.key not in slots]
    if extra and not is_item:
        words = listed(field.key for field in extra)
        faults.add(PATH_EXTRA_FIELDS, place, fields=words, type=describe(source.annotation), path=path)
    if len(faults.found) != count:
        return None
    return (*segments, *(Segment(field.key, is_slot=True) for field in extra))


def _check_slots(
    segments: tuple[Segment, ...],
    shape: shapes.StructType,
    source: SourcePlan,
    place: Place,
    faults: Faults,
) -> None:
    path = format_template(segments)
    encoded = {field.encode_name: field for field in shape.fields}
    for slot in (segment.text for segment in segments if segment.is_slot):
        field = encoded.get(slot)
        if field is None:
            hint = did_you_mean(slot, list(encoded))
            faults.add(SLOT_NOT_COVERED, place, slot=slot, path=path, type=describe(source.annotation), hint=hint)
        elif field.name == field.encode_name and not is_snake_case(slot):
            faults.add(PATH_SLOT, place, segment=f"{{{slot}}}", path=path, fault="is not in snake_case")
    for field in shape.fields:
        if not field.required:
            faults.add(PATH_DEFAULT, place, field=field.name, type=describe(source.annotation))
