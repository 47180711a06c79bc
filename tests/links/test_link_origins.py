"""Where the app's URLs begin: what the environment says, and what trusted proxies forward."""

import pytest
from link_apps import App, BookPath, Books

from jero import Link, Location, WiringError
from jero.testing import TestClient
from jero.testing.requests import RequestHeaders

VARIABLES = ("JERO_BASE_URL", "JERO_TRUST_FORWARDED", "JERO_FORWARDED_HOPS")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def location_of(headers: RequestHeaders = (), root_path: str = "") -> str:
    app = App()
    app.answer.location = Location.from_path("/a?b")
    with TestClient(app, root_path=root_path) as client:
        return client.get("/answer", headers=headers).headers["location"]


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("", "/a?b"),
        ("https://example.com", "https://example.com/a?b"),
        ("HTTPS://example.com/", "https://example.com/a?b"),
        ("http://localhost:8000/api", "http://localhost:8000/api/a?b"),
        ("http://[::1]:8000/api/v1/", "http://[::1]:8000/api/v1/a?b"),
        ("https://10.0.0.1/caf%C3%A9", "https://10.0.0.1/caf%C3%A9/a?b"),
    ],
)
def test_a_base_url_stands_before_every_path(base: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`JERO_BASE_URL` makes URLs absolute; an empty one counts as not set."""
    monkeypatch.setenv("JERO_BASE_URL", base)
    assert location_of() == url


def test_base_and_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Base, `root_path` and path follow each other; `from_url` takes neither."""
    monkeypatch.setenv("JERO_BASE_URL", "https://example.com/v1")
    app = App()
    app.answer.links = [
        Link.from_operation(Books.read_one, path=BookPath("a", "b"), rel="item"),
        Link.from_ref("books.read_one", path=BookPath("a", "b"), rel="item"),
        Link.from_path("/c", rel="next"),
        Link.from_url("/d", rel="next"),
    ]
    with TestClient(app, root_path="/api") as client:
        text = client.get("/answer").headers["link"]
    book = "https://example.com/v1/api/shelves/a/books/b"
    assert [part.partition(">")[0] for part in text.split("<")[1:]] == [
        book,
        book,
        "https://example.com/v1/api/c",
        "/d",
    ]


def test_the_environment_is_read_when_the_app_is_constructed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set later changes nothing."""
    app = App()
    app.answer.location = Location.from_path("/a")
    monkeypatch.setenv("JERO_BASE_URL", "https://example.com")
    with TestClient(app) as client:
        assert client.get("/answer").headers["location"] == "/a"


@pytest.mark.parametrize(
    "base",
    [
        "example.com",
        "//example.com",
        "ftp://example.com",
        "https://",
        "https:///api",
        "https://ann@example.com",
        "https://example.com:0",
        "https://example.com:99999",
        "https://example.com:",
        "https://exämple.com",
        "https://example.com?a",
        "https://example.com/a#b",
        "https://example.com/a b",
        "https://example.com//a",
        "https://example.com/a/../b",
        "https://example.com/%2e%2E/b",
        "https://example.com/a%",
        "https://example.com\\evil",
        "https://example.com/a\n",
        " https://example.com",
        "javascript://example.com",
    ],
)
def test_a_base_url_that_is_none_is_a_wiring_fault(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app cannot be constructed with a base that no URL could begin with."""
    monkeypatch.setenv("JERO_BASE_URL", base)
    with pytest.raises(WiringError, match="JERO_BASE_URL") as caught:
        App()
    (fault,) = caught.value.faults
    assert (fault.code, fault.subject) == ("JERO-W604", "App")
    assert repr(base) in fault.problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JERO_TRUST_FORWARDED", "perhaps"),
        ("JERO_FORWARDED_HOPS", "0"),
        ("JERO_FORWARDED_HOPS", "-1"),
        ("JERO_FORWARDED_HOPS", "two"),
        ("JERO_FORWARDED_HOPS", "10000"),
        ("JERO_FORWARDED_HOPS", "٢"),
    ],
)
def test_a_variable_with_another_value_is_a_wiring_fault(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each variable is checked, and the fault names it and its value."""
    monkeypatch.setenv("JERO_TRUST_FORWARDED", "1")
    monkeypatch.setenv(name, value)
    with pytest.raises(WiringError) as caught:
        App()
    (fault,) = caught.value.faults
    assert fault.code == "JERO-W604"
    assert f"`{name}={value!r}`" in fault.problem


def test_a_base_url_and_forwarded_headers_exclude_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both at once is a wiring fault: each would say how URLs begin."""
    monkeypatch.setenv("JERO_BASE_URL", "https://example.com")
    monkeypatch.setenv("JERO_TRUST_FORWARDED", "1")
    with pytest.raises(WiringError, match="both `JERO_BASE_URL` and `JERO_TRUST_FORWARDED`"):
        App()


FORWARDED = {
    "x-forwarded-proto": "https",
    "x-forwarded-host": "example.com",
    "x-forwarded-port": "8443",
    "x-forwarded-prefix": "/api",
}


@pytest.mark.parametrize("value", ["", "0", "false", "False"])
def test_forwarded_headers_are_ignored_unless_trusted(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default a client cannot say how URLs begin; nor does its Host header."""
    monkeypatch.setenv("JERO_TRUST_FORWARDED", value)
    assert location_of({**FORWARDED, "host": "evil.com"}) == "/a?b"


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "https://example.com:8443/api/a?b"),
        ({"x-forwarded-port": "443"}, "https://example.com/api/a?b"),
        ({"x-forwarded-port": "0443"}, "https://example.com/api/a?b"),
        ({"x-forwarded-port": "80"}, "https://example.com:80/api/a?b"),
        ({"x-forwarded-proto": "HTTP", "x-forwarded-port": "80"}, "http://example.com/api/a?b"),
        ({"x-forwarded-host": "example.com:9000"}, "https://example.com:9000/api/a?b"),
        ({"x-forwarded-host": "[::1]"}, "https://[::1]:8443/api/a?b"),
        ({"x-forwarded-host": "[::1]:9000"}, "https://[::1]:9000/api/a?b"),
        ({"x-forwarded-host": "my_service"}, "https://my_service:8443/api/a?b"),
        ({"x-forwarded-prefix": "/"}, "https://example.com:8443/a?b"),
        ({"x-forwarded-prefix": "/a/b%20c/"}, "https://example.com:8443/a/b%20c/a?b"),
        ({"x-forwarded-host": ""}, "/api/a?b"),
        ({"x-forwarded-proto": ""}, "/api/a?b"),
    ],
)
def test_trusted_headers_say_how_urls_begin(changes: dict[str, str], url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protocol, host and port make the origin, the prefix the begin of the path; without host no origin."""
    monkeypatch.setenv("JERO_TRUST_FORWARDED", "true")
    assert location_of({**FORWARDED, **changes}) == url


@pytest.mark.parametrize(
    ("name", "value", "url"),
    [
        ("x-forwarded-proto", "javascript", "/api/a?b"),
        ("x-forwarded-proto", "https://evil.com/", "/api/a?b"),
        ("x-forwarded-host", "good.com@evil.com", "/api/a?b"),
        ("x-forwarded-host", "evil.com/path", "/api/a?b"),
        ("x-forwarded-host", "evil.com\\x", "/api/a?b"),
        ("x-forwarded-host", "evil.com:80:80", "/api/a?b"),
        ("x-forwarded-host", "evil.com:", "/api/a?b"),
        ("x-forwarded-host", "evil.com:99999", "/api/a?b"),
        ("x-forwarded-host", "evil com", "/api/a?b"),
        ("x-forwarded-host", "[::1", "/api/a?b"),
        ("x-forwarded-host", "éxample.com", "/api/a?b"),
        ("x-forwarded-host", "a" * 300, "/api/a?b"),
        ("x-forwarded-host", ">; rel=x", "/api/a?b"),
        ("x-forwarded-port", "80/evil", "https://example.com/api/a?b"),
        ("x-forwarded-port", "-1", "https://example.com/api/a?b"),
        ("x-forwarded-port", "99999", "https://example.com/api/a?b"),
        ("x-forwarded-port", "²", "https://example.com/api/a?b"),
        ("x-forwarded-prefix", "//evil.com", "https://example.com:8443/a?b"),
        ("x-forwarded-prefix", "/a//b", "https://example.com:8443/a?b"),
        ("x-forwarded-prefix", "evil", "https://example.com:8443/a?b"),
        ("x-forwarded-prefix", "/\\evil.com", "https://example.com:8443/a?b"),
        ("x-forwarded-prefix", "/../evil", "https://example.com:8443/a?b"),
        ("x-forwarded-prefix", "/a/%2e%2E/evil", "https://example.com:8443/a?b"),
        ("x-forwarded-prefix", "/a?b", "https://example.com:8443/a?b"),
        ("x-forwarded-prefix", "/a b", "https://example.com:8443/a?b"),
        ("x-forwarded-prefix", "/a%", "https://example.com:8443/a?b"),
        ("x-forwarded-prefix", "/é", "https://example.com:8443/a?b"),
    ],
)
def test_a_malformed_value_is_ignored(name: str, value: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forwarded value that is none counts as absent, and is never echoed."""
    monkeypatch.setenv("JERO_TRUST_FORWARDED", "1")
    assert location_of({**FORWARDED, name: value}) == url


def test_without_a_host_a_bad_prefix_cannot_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prefix alone gives a URL that begins with one slash."""
    monkeypatch.setenv("JERO_TRUST_FORWARDED", "1")
    assert location_of({"x-forwarded-prefix": "//evil.com"}) == "/a?b"
    assert location_of({"x-forwarded-prefix": "/evil.com"}) == "/evil.com/a?b"


@pytest.mark.parametrize(
    ("hops", "hosts", "url"),
    [
        (None, ["evil.com, near.com"], "https://near.com/a?b"),
        (None, ["evil.com", "near.com"], "https://near.com/a?b"),
        (None, ["evil.com , near.com"], "https://near.com/a?b"),
        (None, ["evil.com,"], "/a?b"),
        ("2", ["evil.com, far.com, near.com"], "https://far.com/a?b"),
        ("2", ["evil.com, far.com", "near.com"], "https://far.com/a?b"),
        ("2", ["near.com"], "/a?b"),
        ("3", ["far.com, middle.com, near.com"], "https://far.com/a?b"),
    ],
)
def test_only_the_trusted_proxies_are_heard(
    hops: str | None, hosts: list[str], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each list the value counts that the outermost trusted proxy has added; by default one is."""
    monkeypatch.setenv("JERO_TRUST_FORWARDED", "1")
    if hops is not None:
        monkeypatch.setenv("JERO_FORWARDED_HOPS", hops)
    proto = ("x-forwarded-proto", ", ".join(["https"] * int(hops or 1)))
    assert location_of([proto, *(("x-forwarded-host", host) for host in hosts)]) == url


def test_a_header_with_underscores_is_not_one_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """`X_Forwarded_Host`, which some proxies let pass, is not read."""
    monkeypatch.setenv("JERO_TRUST_FORWARDED", "1")
    assert location_of({"x_forwarded_host": "evil.com", "x_forwarded_proto": "https"}) == "/a?b"


def test_the_forwarded_prefix_stands_before_the_mount(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a proxy has removed from the path stands before what the server has, `root_path`."""
    monkeypatch.setenv("JERO_TRUST_FORWARDED", "1")
    assert location_of({"x-forwarded-prefix": "/outer"}, root_path="/inner") == "/outer/inner/a?b"
