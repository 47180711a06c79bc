"""All the mistakes of a document at once, looked for only after decoding it has failed."""

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

import msgspec

from jero._runtime.violations.findings import DEEPEST, Findings, Violation
from jero._runtime.violations.plans import Plan, plan_of
from jero._runtime.violations.shapes import Items
from jero._runtime.violations.walk import walk
from jero._runtime.violations.words import cut, fragment, read_mistake, words_of

__all__ = ["Violation", "Violations", "find_json_violations", "find_violations"]

WORK_AT_LEAST = 500
WORK_PER_BYTES = 32
"""A body admits `WORK_AT_LEAST` visits, and one more for each `WORK_PER_BYTES` bytes of it."""

MOST_ENTRIES = 100
ENTRIES_AT_LEAST = 10
ENTRY_PER_BYTES = 256
"""A body may have `ENTRIES_AT_LEAST` mistakes listed, or as many as the widest object of its type has fields, and one
more for each `ENTRY_PER_BYTES` bytes of it, but never more than `MOST_ENTRIES`: to list a mistake is dearer than to
decode what it is about, and small bodies can hold many."""

_MANY = 10_000
_MANY_MEMBERS = 1_000
_FAR_MORE = 16
_SPARSE = 12
_FEW = 64
_BEGINNING = 16_384

_encode = msgspec.json.Encoder().encode
_skim = msgspec.json.Decoder(msgspec.Raw).decode
_skim_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_read_exactly = msgspec.json.Decoder(float_hook=msgspec.Raw).decode  # keeps a number as it was written


class Violations(msgspec.Struct, frozen=True):
    """The mistakes of one document, in its order; `truncated` says that there may be more."""

    entries: tuple[Violation, ...]
    truncated: bool


def find_violations(type_: object, document: object, *, limit: int = MOST_ENTRIES, work: int = 10_000) -> Violations:
    """List what keeps a JSON document (as builtins) from being decoded as `type_`; nothing if nothing does.

    At most `limit` entries (1 or more) and `work` visits of a place; beyond either, `truncated`.
    Raises TypeError for a type that msgspec does not support.
    """
    plan = plan_of(type_)
    walked = walk(plan.shape, document, limit=limit, work=work)
    found = _find(plan, walked, document, lambda: _encode(document))
    # Text is taken for right where any text is: JSON holds no lone surrogate, other documents may.
    is_partial = bool(found.entries) and not _is_unicode(document)
    return Violations(found.entries, truncated=True) if is_partial else found


def find_json_violations(
    type_: object, body: bytes, *, limit: int | None = None, work: int | None = None
) -> Violations:
    """List what keeps a JSON body from being decoded as `type_`; nothing if nothing does.

    `limit` and `work` default to what `ENTRIES_AT_LEAST` and `WORK_AT_LEAST` say of the body.
    Raises `msgspec.DecodeError` (not its subclass ValidationError) where the body is not JSON: malformed
    after its first mistake, not UTF-8, or nested too deeply. Raises TypeError for a type that msgspec does
    not support.
    """
    plan = plan_of(type_)
    if limit is None:
        limit = min(MOST_ENTRIES, max(ENTRIES_AT_LEAST, plan.width) + len(body) // ENTRY_PER_BYTES)
    if work is None:
        work = WORK_AT_LEAST + len(body) // WORK_PER_BYTES
    try:
        if plan.may_skip and _is_dense(body, plan.width):
            return _in_beginning(plan, body, limit, work)
        document, is_exact = _document(plan, body)
    except msgspec.ValidationError:  # an integer of more digits than Python reads, or what is dear to read
        return _only_own_violation(plan, body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        if _own_error(plan, body) is None:  # msgspec does not look into what it skips
            return Violations((), truncated=False)
        raise _malformed(fault) from fault
    walked = walk(plan.shape, document, limit=limit, work=work, is_exact=is_exact)
    if walked.mistakes:
        return Violations(tuple(walked.mistakes), truncated=walked.is_partial)
    return _find(plan, walked, document, lambda: body)


def _is_unicode(document: object) -> bool:
    try:
        _encode(document)
    except UnicodeEncodeError:
        return False
    except Exception:  # noqa: BLE001  # too deep, or of no JSON kind: the walk has said so
        return True
    return True


def _is_dense(body: bytes, width: int) -> bool:
    """Tell whether a body may hold so many things that to make them all is dearer than to skip them.

    msgspec skips what is of no field thirty times faster than anything makes it, and a client can send much of it:
    objects and arrays, texts of two characters, or members of an object that are far more than it has fields.
    """
    if len(body) <= _MANY:
        return False
    containers = _count(body, b"[") + _count(body, b"{")
    return (
        containers > max(_MANY, len(body) // _SPARSE)
        or _count(body, b'"') > len(body) * 3 // 8
        or _count(body, b":") > max(_MANY_MEMBERS, _FAR_MORE * width * (containers + 1))
    )


def _count(body: bytes, sign: bytes) -> int:
    """Count a sign; few of them are none, which is known sooner than their number."""
    at = -1
    for _ in range(_FEW):
        at = body.find(sign, at + 1)
        if at < 0:
            return 0
    return body.count(sign)


def _in_beginning(plan: Plan, body: bytes, limit: int, work: int) -> Violations:
    """List the mistakes in the first items of an array; if there are none, or for an object, msgspec's own one.

    Raises what reading all of it would raise for a body that is no JSON.
    """
    body.decode()
    shape = plan.shape
    if not isinstance(shape, Items) or not body.lstrip().startswith(b"["):
        _skim(body)
        return _only_own_violation(plan, body)
    items = _skim_items(body)
    lengths = accumulate(len(memoryview(item)) for item in items)
    first = [bytes(item) for item, length in zip(items, lengths, strict=True) if length <= _BEGINNING]
    document, is_exact = _document(plan, b"[" + b",".join(first) + b"]")
    any_length = replace(shape, least=0, most=None)
    found = walk(any_length, document, limit=limit, work=work, is_exact=is_exact)
    if found.mistakes:
        return Violations(tuple(found.mistakes), truncated=True)
    return _only_own_violation(plan, body)


def _only_own_violation(plan: Plan, body: bytes) -> Violations:
    """Give the one mistake that msgspec finds, without the document."""
    error = _own_error(plan, body)
    return Violations((_own_violation(plan, error, None),) if error else (), truncated=error is not None)


def _document(plan: Plan, body: bytes) -> tuple[object, bool]:
    """Give what the walk needs of the document, and whether it holds numbers as they were written."""
    if not body.isascii():
        body.decode()  # what is skipped is looked at too
    if not plan.is_exact:
        try:
            return plan.read(body), False
        except msgspec.ValidationError:
            pass  # a number beyond a float: it may stand where any number is admitted, or none
    try:
        return plan.read_exactly(body), True
    except msgspec.ValidationError:
        if len(body) > _MANY:
            raise
    return _read_exactly(body), True


def _find(plan: Plan, found: Findings, document: object, body: Callable[[], bytes]) -> Violations:
    """Give what the walk has found; if that is nothing, what decoding finds."""
    if found.mistakes:
        return Violations(tuple(found.mistakes), truncated=found.is_partial)
    try:
        error = _own_error(plan, body())
    except RecursionError:
        return Violations((Violation("#", "Nested too deeply"),), truncated=True)
    except UnicodeEncodeError:  # a lone surrogate: no JSON holds it, other documents may
        return Violations((Violation("#", "A string is not valid Unicode"),), truncated=True)
    if error is None:
        return Violations((), truncated=False)
    # The walk stopped early, or the mistake is not in the document: a key given twice is decoded twice.
    return Violations((_own_violation(plan, error, document),), truncated=found.is_partial)


def _own_error(plan: Plan, body: bytes) -> msgspec.ValidationError | None:
    """Give the one mistake that msgspec finds; None where it finds none.

    Raises `msgspec.DecodeError` where it meets something that is not JSON first.
    """
    try:
        plan.decode(body)
    except msgspec.ValidationError as error:
        return error
    except (UnicodeDecodeError, RecursionError) as fault:
        raise _malformed(fault) from fault
    return None


def _own_violation(plan: Plan, error: msgspec.ValidationError, document: object) -> Violation:
    mistake = read_mistake(error)
    # Where the mistake stands is not known well enough to say more of a type that holds secrets.
    words = words_of(mistake, document, is_secret=plan.shape.holds_secret)
    if mistake.by_model and document is None:  # what it may quote is not known
        words = cut(words)
    return Violation(fragment(mistake.tokens[:DEEPEST]), words)


def _malformed(fault: Exception) -> msgspec.DecodeError:
    if isinstance(fault, msgspec.DecodeError):
        return fault
    why = "nested too deeply" if isinstance(fault, RecursionError) else "a string is not UTF-8"
    return msgspec.DecodeError(f"JSON is malformed: {why}")
