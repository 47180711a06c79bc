"""A query string to its pairs of decoded name and value."""

from urllib.parse import unquote_to_bytes

from jero.errors import MalformedRequestError, URITooLongError
from jero.limits import Limits


def split_query(query: bytes, limits: Limits) -> list[tuple[str, str]]:
    """Split at `&`, then at the first `=`; `+` and `%20` are spaces; empty pieces are skipped.

    Raises URITooLongError over `max_query`, MalformedRequestError over `max_query_pairs` or where it is not UTF-8.
    """
    if limits.max_query is not None and len(query) > limits.max_query:
        raise URITooLongError(f"the query string has {len(query)} bytes; at most {limits.max_query} are read")
    if limits.max_query_pairs is not None and query.count(b"&") >= limits.max_query_pairs:
        raise MalformedRequestError(f"the query string has more than {limits.max_query_pairs} pairs")
    try:
        text = query.decode()
        if "%" not in text and "+" not in text:
            return [(piece[0], piece[2]) for item in text.split("&") if item and (piece := item.partition("="))]
        return [_decode(item) for item in text.split("&") if item]
    except UnicodeDecodeError as error:
        raise MalformedRequestError("the query string is not UTF-8") from error


def _decode(item: str) -> tuple[str, str]:
    name, _, value = item.replace("+", " ").partition("=")
    return (
        unquote_to_bytes(name).decode() if "%" in name else name,
        unquote_to_bytes(value).decode() if "%" in value else value,
    )
