"""The limits on what a request may cost, with their defaults; `None` means no limit."""

from dataclasses import dataclass
from typing import TypedDict

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits in force for one mount; sizes in bytes, times in seconds, None for no limit.

        app = App(max_body=MIB)  # for the whole app
        self._include_resource(Images(), max_form=100 * MIB, body_timeout=60.0)  # for one mount, in `_wire`

    - `max_body` (10 MiB): a whole `json` or `content` body, or one line of a `json_stream` (413).
    - `max_form` (32 MiB): a whole form; `max_form_field` (1 MiB): one of its fields that is no file (413).
    - `max_form_parts` (1,000): parts of a form (413).
    - `max_part_memory` (1 MiB): a `SpooledFilePart` in memory; a larger one is written to disk.
    - `max_part_headers` (8) and `max_part_header` (4 KiB): how many headers a part has, and the size of one (400).
    - `max_boundary` (70): the boundary between parts (400; RFC 2046 allows 70).
    - `max_preamble` (8 KiB): what precedes the first part (400).
    - `max_upload` (None): a body read as a stream (413).
    - `body_timeout` (30): how long a body may make no progress (408).
    - `max_query` (16 KiB): the query string (414).
    - `max_query_pairs` (1,000) and `max_cookies` (200): how many of each (400).
    """

    max_body: int | None = 10 * MIB
    max_form: int | None = 32 * MIB
    max_form_field: int | None = MIB
    max_form_parts: int | None = 1000
    max_part_memory: int | None = MIB
    max_part_headers: int | None = 8
    max_part_header: int | None = 4 * KIB
    max_boundary: int | None = 70
    max_preamble: int | None = 8 * KIB
    max_upload: int | None = None
    body_timeout: float | None = 30.0
    max_query: int | None = 16 * KIB
    max_query_pairs: int | None = 1000
    max_cookies: int | None = 200


class LimitOverrides(TypedDict, total=False):
    """The limits as keywords of `BaseApp` (for the whole app) and of an include (for one mount)."""

    max_body: int | None
    max_form: int | None
    max_form_field: int | None
    max_form_parts: int | None
    max_part_memory: int | None
    max_part_headers: int | None
    max_part_header: int | None
    max_boundary: int | None
    max_preamble: int | None
    max_upload: int | None
    body_timeout: float | None
    max_query: int | None
    max_query_pairs: int | None
    max_cookies: int | None
