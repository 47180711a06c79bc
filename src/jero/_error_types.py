"""What a typed error may declare: a status, a problem type and a title (RFC 9457), checked as the class is defined."""

import inspect
import sys
from collections.abc import Iterable
from http import HTTPStatus

RESERVED_MEMBERS = frozenset({"type", "title", "status", "instance", "headers", "errors", "truncated"})
"""Members of a problem body that no field of a typed error may be named after."""

_FIRST_ERROR_STATUS, _LAST_ERROR_STATUS = 400, 599
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def phrase(status: int) -> str:
    """Give a status's own words, nothing for one that HTTP does not name."""
    return _PHRASES.get(status, "")


def check_declaration(cls: type, status: object, problem_type: object, title: object) -> None:
    """Check the class keywords and fields of a subclass of HTTPError. Raises TypeError or ValueError."""
    subject = f"class {cls.__name__}(HTTPError)"
    if status is not None:
        check_status(subject, status)
    if problem_type is not None and not _is_uri_reference(problem_type):
        raise TypeError(
            f"{subject}: type={problem_type!r} is not a URI reference;"
            ' give ASCII without spaces, such as type="out-of-stock"'
        )
    if title is not None and (not isinstance(title, str) or not title.strip()):
        raise TypeError(f"{subject}: title={title!r} is not text; give a short summary of the problem type")
    if title is not None and problem_type is None and getattr(cls, "type", "") == "about:blank":
        raise TypeError(
            f'{subject}: title={title!r} has no type; add type="..." ("about:blank" means the status'
            " phrase is the title, RFC 9457 section 4.2.1)"
        )
    reserved = sorted(RESERVED_MEMBERS.intersection(_own_annotations(cls)))
    if reserved:
        raise TypeError(f"{subject}: the field `{reserved[0]}` is a member of every problem body; choose another name")


def check_status(subject: str, status: object) -> None:
    """Check that a status is one of an error, 400 to 599. Raises TypeError or ValueError."""
    if isinstance(status, bool) or not isinstance(status, int):
        raise TypeError(f"{subject}: status={status!r} is not an int; give a status from 400 to 599")
    if not _FIRST_ERROR_STATUS <= status <= _LAST_ERROR_STATUS:
        raise ValueError(f"{subject}: status={status} is not an error; give one from 400 to 599")


def _own_annotations(cls: type) -> Iterable[str]:
    if sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations  # noqa: PLC0415 - there only from 3.14

        return get_annotations(cls, format=Format.FORWARDREF)
    return inspect.get_annotations(cls)


def _is_uri_reference(text: object) -> bool:
    return (
        isinstance(text, str)
        and bool(text)
        and text.isascii()
        and text.isprintable()
        and not set(' "<>\\^`{|}') & set(text)
    )
