"""The targets of the fuzzer, for a moment each: the fuzzer's words, all that broke one once; and what else it runs."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run import PROPERTIES
from targets import TARGETS

_ROOT = Path(__file__).parents[2]
_WORDS = _ROOT / "fuzz" / "words.dict"
_QUOTED = re.compile(r'^"(.*)"$', re.MULTILINE)
_BROKE_ONCE = {
    "query": (b"tag=%ff", b"tag=+%2B%20", b"&&tag", b"tag=a=b&tag=%"),
    "values": ("\u0661".encode(), b"1_000", b"nan", b"1e999", b"9" * 5000, b"0x10"),
    "path": (b"%2541/%252e%252e", b"a%2Fb/c", b"a/%00", b"../x", b"%C0%AF/x", b"a//b", b"/x", b"a/b;c=1"),
    "request_headers": (b"x_item:1\nx-item:2", b"cookie:" + b";" * 300),
    "response_headers": (b"x-a\0a\r\nx-injected: 1", b"x a\0b", b"content-length\x003", "x-\u0161\0\u0161".encode()),
    "json": (b"[" * 5000, b'{"type":"Leaf","count":1e999}', b'"\\ud800"', b'{"type":"Node","name":"\xff"}', b""),
    "lines": (b"\n" * 50, b"[" * 5000, b'{"type":"Node","name":"a"}\n{"type":'),
    "urlencoded": (b"a=%%41", b"a=%4", b"&" * 1001, b"%ff=1", b"a=\\x41+%5c=%3D"),
    "multipart": (b"\nD" + b"D" * 100, b"BDT\0\r\nE", b"BDLx\r\n--bE", b"BD\\\\T1E", b"B\r\nE", b'BDF\r\n"E', b"--b--"),
    "parameters": (b'multipart/form-data; boundary="\\"', b'x; a="' + b"\\" * 5000, b"x" + b";" * 5000),
}
"""What has broken jero, or the published one, once; what the fuzzer finds is added."""


def _read_words() -> list[bytes]:
    """Give the words of the dictionary, which are written as Python writes bytes."""
    found = _QUOTED.findall(_WORDS.read_text())
    return [word.encode().decode("unicode_escape").encode("latin-1") for word in found]


_words = st.sampled_from(_read_words())
_inputs = st.lists(_words | st.binary(max_size=4) | st.sampled_from([b"B", b"D", b"E", b"T"]), max_size=20)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "40")), deadline=None)
@given(data=_inputs.map(b"".join) | st.binary(max_size=100))
def test_any_bytes(name: str, data: bytes) -> None:
    """No bytes break a target: each says itself what it holds."""
    TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_what_broke_once(name: str) -> None:
    """What broke a target once does not break it again."""
    for data in _BROKE_ONCE[name]:
        TARGETS[name](data)


def test_properties() -> None:
    """A long run tries every file of properties, but for this one, whose targets it feeds itself, and the client's."""
    found = {
        file.relative_to(_ROOT).as_posix()
        for file in (_ROOT / "tests").rglob("test_*.py")
        if re.search("^@given", file.read_text(), re.MULTILINE)
    }
    left_out = {"tests/hardening/test_fuzz_targets.py", "tests/testing/test_client_framings.py"}
    assert found - left_out == set(PROPERTIES)
