"""What may be read of a body at all: by what its headers say it is, and by its size."""

import re

from jero._runtime.printable import printable
from jero._runtime.request import FoundHeaders
from jero._runtime.request_headers import first_header, join_header
from jero.errors import ContentTooLargeError, UnsupportedMediaTypeError

BODY_HEADERS = frozenset({b"content-type", b"content-length", b"content-encoding"})
"""What the checks here read."""
CLOSE = {"connection": "close"}
"""Sent where a body is refused unread: what follows on the connection is the rest of it."""

# Tokens only (RFC 9110, section 8.3.1), so that no `text/plain, x/y+json` is taken for JSON by its end.
_JSON_TYPE = re.compile(rb"application/json|[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+\+json")


def check_json_type(found: FoundHeaders) -> None:
    """Refuse a body that says it is something else than JSON; one that says nothing is taken as JSON."""
    content_type = first_header(found, b"content-type")
    if content_type is None or content_type == b"application/json":
        return
    media_type = media_type_of(content_type)
    if not _JSON_TYPE.fullmatch(media_type):
        raise wrong_media_type(media_type, b"application/json")


def media_type_of(content_type: bytes) -> bytes:
    """Give the media type of a `Content-Type`, in lower case, without its parameters (RFC 9110, section 8.3.1)."""
    return content_type.partition(b";")[0].strip(b" \t").lower()


def wrong_media_type(media_type: bytes, *accepted: bytes) -> UnsupportedMediaTypeError:
    """Give the error of a body whose media type, none where it is empty, is not one of those that are read."""
    names = [name.decode() for name in accepted]
    said = f"is `{printable(media_type.decode('latin-1'))}`" if media_type else "has no content type"
    return UnsupportedMediaTypeError(
        f"the body {said}; this operation reads `{'` or `'.join(names)}`",
        headers={"accept": ", ".join(names)},
    )


def check_encoding(found: FoundHeaders) -> None:
    """Refuse a compressed body: what it unpacks to has no limit that can be known before."""
    value = found.get(b"content-encoding")
    if value is None:
        return
    encoding = join_header(b"content-encoding", value)
    if encoding.strip().lower() != "identity":
        raise UnsupportedMediaTypeError(
            f"the body is encoded as `{printable(encoding)}`; send it as it is",
            headers={"accept-encoding": "identity"},
        )


def check_declared_length(found: FoundHeaders, limit: int | None) -> None:
    """Refuse a body whose declared length is over the limit, before anything of it is read."""
    declared = first_header(found, b"content-length")
    if limit is not None and declared is not None and declared.isdigit():
        check_size(int(declared[:20]), limit)


def check_size(size: int, limit: int | None) -> None:
    """Refuse a body once its size is over the limit."""
    if limit is not None and size > limit:
        raise ContentTooLargeError(f"the body is over {limit} bytes, the most that is read here", headers=CLOSE)
