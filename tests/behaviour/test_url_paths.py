"""URLs: which path is served by what, how slots are decoded, and what is no URL of the app."""

import pytest
from serving.clients import Client
from serving.decisions import DECODES_SLASHES
from serving.servings import Serve

_NOT_FOUND = {"type": "not-found", "title": "Not Found", "status": 404}


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that reads text."""
    return serve("apps.texts")


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/", "root"),
        ("/widgets", "widgets"),
        ("/widgets?x=1", "widgets"),
        ("/widgets?", "widgets"),
        ("/widgets/new", "new"),
        ("/widgets/old", "widget old"),
        ("/%77idgets", "widgets"),
        ("/widgets/n%65w", "new"),
        ("/caf%C3%A9", "café"),
        ("/caf%c3%a9", "café"),
    ],
)
def test_paths(app: Client, target: str, name: str) -> None:
    """A path is matched segment by segment, each decoded; a static route beats one with a slot."""
    answer = app.get(target)
    assert (answer.status, answer.json()) == (200, {"value": name})


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/t/static/end", "static first end"),
        ("/t/other/end", "slot first other"),
        ("/t/static/other", "static first other"),
        ("/t/other/other", "two slots other other"),
        ("/d/s/z/end", "dead end z"),
        ("/d/s/z/1", "deep s 1"),
    ],
)
def test_overlapping_templates(app: Client, target: str, name: str) -> None:
    """Where several templates match, a static segment beats a slot, leftmost first; dead ends are left."""
    answer = app.get(target)
    assert (answer.status, answer.json()) == (200, {"value": name})


def test_item_path(app: Client) -> None:
    """Fields of `path` beyond the slots extend an item's URL in their order, under their wire names."""
    answer = app.get("/pairs/3/x%20y")
    assert answer.json() == {"outerId": 3, "innerName": "x y"}


@pytest.mark.parametrize(
    ("segment", "value"),
    [
        ("plain", "plain"),
        ("%2541", "%41"),
        ("%252e%252e", "%2e%2e"),
        ("%25", "%"),
        ("a+b", "a+b"),
        ("a%20b", "a b"),
        ("%3F%23%26", "?#&"),
        ("%E6%97%A5%E6%9C%AC", "日本"),
        ("%e2%82%ac", "€"),
        ("%F0%9F%98%80", "😀"),
        ("a;b=1,c", "a;b=1,c"),
        ("a:b@c", "a:b@c"),
        ("%7Euser", "~user"),
        ("...", "..."),
        ("%5C", "\\"),
        ("%0A", "\n"),
        ("%20", " "),
    ],
)
def test_slot_is_decoded_once(app: Client, segment: str, value: str) -> None:
    """A slot is percent-decoded exactly once."""
    answer = app.get(f"/strings/{segment}")
    assert (answer.status, answer.json()) == (200, {"value": value})


@pytest.mark.parametrize(("segment", "value"), [("a%2Fb", "a/b"), ("%2F", "/"), ("..%2F..", "../..")])
def test_escaped_slash_in_a_slot(app: Client, segment: str, value: str) -> None:
    """`%2F` stays in its segment; where a server hands over no path as sent, the URL is none of the app's."""
    answer = app.get(f"/strings/{segment}")
    if app.edge in DECODES_SLASHES:
        assert (answer.status, answer.problem) == (404, _NOT_FOUND)
    else:
        assert (answer.status, answer.json()) == (200, {"value": value})


@pytest.mark.parametrize("target", ["/widgets%2Fnew", "/strings%2Fx"])
def test_escaped_slash_is_no_slash(app: Client, target: str) -> None:
    """`%2F` never makes a path of another route; where a server hands over no path as sent, it is a plain slash."""
    answer = app.get(target)
    if app.edge in DECODES_SLASHES:
        plain = app.get(target.replace("%2F", "/"))
        assert (answer.status, answer.body) == (plain.status, plain.body)
    else:
        assert (answer.status, answer.problem) == (404, _NOT_FOUND)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/nothing", id="unknown"),
        pytest.param("/widgets/", id="trailing slash, empty slot"),
        pytest.param("/scalars/", id="trailing slash"),
        pytest.param("//widgets", id="double slash before"),
        pytest.param("/widgets//new", id="double slash between"),
        pytest.param("//", id="two slashes"),
        pytest.param("/./widgets", id="dot segment"),
        pytest.param("/widgets/.", id="dot segment for a slot"),
        pytest.param("/widgets/..", id="two dots for a slot"),
        pytest.param("/x/../widgets", id="two dots"),
        pytest.param("/../widgets", id="two dots before"),
        pytest.param("/widgets;a=1", id="parameter"),
        pytest.param("/Widgets", id="other case"),
        pytest.param("/WIDGETS/new", id="upper case"),
        pytest.param("/strings/%00", id="NUL"),
        pytest.param("/strings/a%00b", id="NUL inside"),
        pytest.param("/strings/%ff", id="no UTF-8"),
        pytest.param("/strings/%C3", id="truncated UTF-8"),
        pytest.param("/strings/%C0%AF", id="overlong UTF-8"),
        pytest.param("/strings/%ED%A0%80", id="encoded surrogate"),
        pytest.param("/%ff/x", id="no UTF-8 outside of a slot"),
        pytest.param("/strings/x/y", id="too many segments"),
        pytest.param("/strings", id="too few segments"),
        pytest.param("/pairs/3", id="too few segments of an item"),
        pytest.param("/pairs/3/", id="empty last slot"),
        pytest.param("/pairs//x", id="empty slot between"),
        pytest.param("/ints/abc", id="slot that does not convert"),
        pytest.param("/ints/1.5", id="slot of another type"),
        pytest.param("/pairs/x/y", id="one slot of two that does not convert"),
        pytest.param("/uuids/123", id="no UUID"),
        pytest.param("/colours/green", id="no member of the enum"),
    ],
)
def test_no_such_url(app: Client, target: str) -> None:
    """What is no URL of the app is answered 404, and a slot that does not convert in the very same way."""
    answer = app.get(target)
    assert answer.status == 404
    assert answer.problem == _NOT_FOUND


@pytest.mark.parametrize(
    ("segment", "value"),
    [
        ("a4b2e0ac-3d5f-4d29-a76c-8c4a9f5e4d21", "a4b2e0ac-3d5f-4d29-a76c-8c4a9f5e4d21"),
        ("A4B2E0AC-3D5F-4D29-A76C-8C4A9F5E4D21", "a4b2e0ac-3d5f-4d29-a76c-8c4a9f5e4d21"),
    ],
)
def test_uuid_slot(app: Client, segment: str, value: str) -> None:
    """A slot may be a UUID."""
    assert app.get(f"/uuids/{segment}").json() == {"value": value}


def test_enum_slot(app: Client) -> None:
    """A slot may be a member of an enum, by its value."""
    assert app.get("/colours/red").json() == {"value": "red"}


def test_long_path(app: Client) -> None:
    """A slot may be long, up to what the server reads."""
    assert app.get(f"/strings/{'x' * 8000}").json() == {"value": "x" * 8000}


def test_many_segments(app: Client) -> None:
    """A path of thousands of segments is answered 404."""
    assert app.get("/a" * 4000).status == 404
