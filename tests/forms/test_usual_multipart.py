"""The short cut for usual multipart bodies gives what the parser gives, and leaves to it whatever is unusual."""

import os
from collections.abc import Callable, Mapping

import pytest
from form_requests import body, part
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from jero import FilePart, HTTPError, SpooledFilePart
from jero._plan import FormField, PartContent, PartKind, SourceKind, SourcePlan
from jero._runtime.forms.multipart import MultipartReader
from jero._runtime.forms.parts import FormFields, FormParts, Part
from jero._runtime.forms.spooling import Spool
from jero._runtime.forms.usual_multipart import read_usual
from jero.limits import Limits


class Form(Struct):
    a: str
    b: list[str]
    file: FilePart
    large: SpooledFilePart


FIELDS = (
    FormField("a", str, PartKind.VALUE, PartContent.TEXT, str),
    FormField("b", list[str], PartKind.VALUE, PartContent.TEXT, str, is_list=True),
    FormField("file", FilePart, PartKind.FILE, PartContent.BYTES, bytes),
    FormField("large", SpooledFilePart, PartKind.SPOOLED_FILE, PartContent.BYTES, bytes),
)
PLAN = SourcePlan(SourceKind.FORM, "form", Form, forbids_unknown=True, form_fields=FIELDS)
FORM_FIELDS = FormFields(PLAN)
LIMITS = Limits(max_form_parts=5, max_form_field=20, max_part_header=80)
BOUNDARY = b"b"

_LONG = int(os.environ.get("HYPOTHESIS_EXAMPLES", "0"))
"""Examples in a long run."""

type Seen = tuple[dict[str, list[tuple[object, ...]]], list[str], str]
"""The parts of each field, the unknown names, and what was wrong."""


def seen_of(parts: FormParts, read: Callable[[], object]) -> Seen:
    """Read a form, and give all that can be seen of what came of it."""
    fault = ""
    try:
        read()
    except HTTPError as error:
        fault = f"{error.status} {error.detail}"
    return {name: [_seen(it) for it in found] for name, found in parts.found.items()}, parts.unknown, fault


def _seen(part: Part) -> tuple[object, ...]:
    content = part.content if part.spooled is None else part.spooled.read(0, part.spooled.size)
    return part.filename, part.content_type, list(part.headers), bytes(content), part.spooled is None


def by_short_cut(content: bytes, limits: Limits = LIMITS) -> tuple[bool, Seen]:
    """Read a form by the short cut; and say whether it did."""
    parts = FormParts(FORM_FIELDS, limits, Spool())
    answers: list[bool] = []
    seen = seen_of(parts, lambda: answers.append(read_usual(content, BOUNDARY, parts, limits)))
    return answers != [False], seen


def by_parser(content: bytes, limits: Limits = LIMITS) -> Seen:
    """Read a form by the parser."""
    parts = FormParts(FORM_FIELDS, limits, Spool())

    def read() -> None:
        reader = MultipartReader(BOUNDARY, parts, limits)
        reader.feed(content)
        reader.finish()

    return seen_of(parts, read)


NAMES = ["a", "b", "file", "large", "x", "é", ""]
FILE_NAMES = [b"", b'; filename="n.txt"', b'; filename=""', '; filename="é"'.encode()]
TYPES = [b"", b"\r\nContent-Type: text/plain", b"\r\nContent-Type: a/b; c=d"]
HEADS = [
    f'Content-Disposition: form-data; name="{name}"'.encode() + filename + content_type
    for name in NAMES
    for filename in FILE_NAMES
    for content_type in TYPES
]
ODD_HEADS = [
    b"content-disposition: form-data; name=a",
    b'Content-Disposition:form-data; name="a"',
    b'Content-Disposition: form-data; name="a"; filename*=x',
    b'Content-Disposition: form-data; name="a\\"b"',
    b'Content-Disposition: form-data; name="\xff"',
    b'Content-Disposition: form-data; name="a\0"',
    b'Content-Disposition: form-data; name="a"\r\nContent-Type: ',
    b'Content-Disposition: form-data; name="a"\r\nContent-Type: x\t',
    b'Content-Disposition: form-data; name="a"\r\nContent-Type: x\r\nContent-Type: y',
    b'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64',
    b'Content-Type: text/plain\r\nContent-Disposition: form-data; name="a"',
    b"",
]
CONTENTS = [b"", b"1", b"\r", b"\r\n", b"\r\n--", b"\r\n--c"]
ODD_CONTENTS = [b"\r\n--bx", b"\r\n--b", b"\r\n--b--", b"\r\n--b-", b"-" * 21]
ODD_DELIMITERS = [b"\r\n--b \r\n", b"\r\n--b", b"\r\n\r\n--b\r\n", b"\n--b\n", b"\r\n--b--\r\n"]
ENDS = [b"\r\n--b--\r\n", b"\r\n--b--"]
ODD_ENDS = [b"\r\n--b--\r\nx", b"\r\n--b-", b"\r\n--b\r\n", b"", b"\r\n--b--\r\n--b"]
ODD_BEGINNINGS = [b"\r\n--b\r\n", b"x\r\n--b\r\n", b"--b \r\n", b"--c\r\n", b""]


def mostly(usual: list[bytes], odd: list[bytes]) -> st.SearchStrategy[bytes]:
    """Give what is usual, but once in a while something odd."""
    return st.integers(0, 30).flatmap(lambda number: st.sampled_from(odd if number == 30 else usual))


sections = st.tuples(mostly(HEADS, ODD_HEADS), mostly(CONTENTS, ODD_CONTENTS)).map(b"\r\n\r\n".join)


@st.composite
def nearly_usual(draw: st.DrawFn) -> bytes:
    """Give a body that is usual, or has something odd somewhere."""
    content = draw(mostly([b"--b\r\n"], ODD_BEGINNINGS))
    for number, section in enumerate(draw(st.lists(sections, min_size=1, max_size=6))):
        content += (draw(mostly([b"\r\n--b\r\n"], ODD_DELIMITERS)) if number else b"") + section
    return content + draw(mostly(ENDS, ODD_ENDS))


@given(nearly_usual())
@settings(max_examples=_LONG or 100, deadline=None)
@example(body(part('name="a"', b"1"), part('name="file"; filename="n"', b"2", "Content-Type: a/b")))
@example(body(*[part('name="x"')] * 6))
@example(body(part('name="a"')) + b"--b" + b" " * 65)
@example(body(part('name="a\\\\b"')))
@example(b"--b\r\n" + part('name="a"') + b"\r\n--bxx" + part('name="x"') + b"\r\n--b--")
def test_agreement(content: bytes) -> None:
    """Where the short cut reads a body, parts and refusals are the parser's; where it does not, nothing happened."""
    is_read, seen = by_short_cut(content)
    assert seen == (by_parser(content) if is_read else ({}, [], ""))


USUAL: Mapping[str, bytes] = {
    "a browser": body(
        part('name="a"', b"1"),
        part('name="b"', b"\r\n\r\n"),
        part('name="file"; filename="n.png"', b"\r\n--\r\n" * 1000, "Content-Type: image/png"),
        part('name="large"; filename=""', b"", "Content-Type: application/octet-stream"),
    ),
    "curl": body(
        part('name="a"', b"1"),
        part('name="file"; filename="n"', b"x" * 65536, "Content-Type: application/octet-stream"),
    ),
    "httpx": body(part('name="a"', b"1"), part('name="file"; filename="n"', b"2", "Content-Type: text/plain"))[:-2],
}


@pytest.mark.parametrize("case", USUAL)
def test_usual(case: str) -> None:
    """Bodies as common clients send them take the short cut."""
    limits = Limits()
    is_read, seen = by_short_cut(USUAL[case], limits)
    assert is_read
    assert seen == by_parser(USUAL[case], limits)


@pytest.mark.parametrize(
    "limits",
    [Limits(max_part_headers=1), Limits(max_part_header=50), Limits(max_form_parts=1), Limits(max_part_headers=None)],
)
def test_limits(limits: Limits) -> None:
    """A body that is over a limit of heads or parts is refused as the parser refuses it."""
    content = USUAL["curl"]
    is_read, seen = by_short_cut(content, limits)
    assert is_read == (limits.max_part_headers is None)
    assert seen == (by_parser(content, limits) if is_read else ({}, [], ""))


def test_field_that_is_too_long() -> None:
    """A field over its limit is refused, after the parts before it."""
    content = body(part('name="b"', b"1"), part('name="a"', b"x" * 21), part('name="b"', b"2"))
    is_read, (found, unknown, fault) = by_short_cut(content)
    assert is_read
    assert fault == "413 a field of the form is over 20 bytes, the most that is read here"
    assert (found, unknown, fault) == by_parser(content)
