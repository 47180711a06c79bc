"""The map of hardening: each limit and each case, the tests that hold it, and why an edge needs none of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """What must happen, the tests that hold it, by names or patterns, and why the edges of none of them need none."""

    says: str
    tests: tuple[str, ...]
    elsewhere: str


_NO_WIRE = "in process there is no wire: no connection that could be closed, broken or framed wrongly"
_ONE_FORM_READER = (
    "the bytes of a form are read by one reader whatever edge they come from; that all of them come, in pieces of any "
    "size, and that refusals close the connection, is held over every edge by behaviour/test_form_uploads.py"
)
_ONE_QUEUE = (
    "the queue has no edge: items are handled beside requests; that SIGTERM drains it is held over every server by "
    "behaviour/test_server_life.py"
)
_ONE_WRITER = (
    "a URL is a header value like any other by the time an edge sees it; that one leads back over each edge is held "
    "by behaviour/test_round_trips.py"
)
_ONE_READER = (
    "one reader gathers every body; what an edge holds of it itself is that edge's, and is measured by "
    "benchmarks/streams_memory.py"
)
_ASGI_ONLY = "it is about the messages of ASGI, which uvicorn and granian's ASGI send as the specification says"


def case(says: str, *held_by: str, elsewhere: str = "") -> Case:
    """Make a case; `folder/file: test_one test_two` names tests of `folder/test_file.py`, `folder/file` all of it."""
    return Case(says, tuple(name for tests in held_by for name in _names_of(tests)), elsewhere)


def _names_of(tests: str) -> Iterator[str]:
    """Give `folder/test_file.py::test_name` for each of the tests."""
    file, _, names = tests.partition(": ")
    folder, _, name = file.rpartition("/")
    for test in names.split() or ["*"]:
        yield f"{folder}/test_{name}.py::{test}"


LIMITS: Mapping[str, Case] = {
    "max_body": case(
        "413: a declared length before anything is read, else as soon as the bytes received pass it; closed",
        "behaviour/body_limits",
    ),
    "max_form, max_form_field": case(
        "413 for a whole form, and for one field that is no file",
        "behaviour/form_uploads: test_form_that_is_too_large",
        "forms/form_limits: test_whole_form test_declared_length test_a_form_that_does_not_end",
        "forms/form_limits: test_one_field test_files_are_not_fields",
    ),
    "max_upload": case("413 for a body that is read as a stream", "behaviour/body_streams: test_*_length_*"),
    "max_form_parts": case(
        "413 for more than 1,000 parts or fields, in both encodings",
        "forms/form_limits: test_number_of_parts test_hostile_forms",
        elsewhere=_ONE_FORM_READER,
    ),
    "max_part_headers, max_part_header, max_boundary, max_preamble": case(
        "400 for the headers of a part, one of them, the boundary, and what precedes the first part",
        "forms/form_limits: test_part_headers test_part_header test_boundary test_preamble",
        elsewhere=_ONE_FORM_READER,
    ),
    "max_part_memory": case(
        "a file beyond it is spooled to disk, off the event loop",
        "forms/spooled_files: test_*file*",
        "behaviour/form_uploads: test_large_file",
    ),
    "JSON nesting": case(
        "400, inside of unknown keys, too",
        "behaviour/json_bodies: test_deep_nesting test_not_json",
    ),
    "body_timeout": case(
        "408 and closed, where a body makes no progress for so long",
        "behaviour/body_limits: test_body_that_* test_connection_ends_after_a_timeout",
    ),
    "max_query, max_query_pairs, max_cookies": case(
        "414 for a long query string, 400 for too many pairs or cookies",
        "behaviour/queries: test_long_query test_many_pairs test_default_* test_no_limits",
        "behaviour/request_headers: test_*cookies",
    ),
    "request headers": case(
        "the server's to limit, written down for each",
        "behaviour/server_decisions: test_heads test_long_target",
        elsewhere=_NO_WIRE,
    ),
    "an error body": case(
        "4 KiB for one entry of a list, 64 KiB in all; truncated, and says so",
        "behaviour/problems: test_long_*",
    ),
    "shutdown_timeout": case(
        "a closing that hangs is logged, and the others still close",
        "lifecycle/closing: test_closing_that_hangs",
        "behaviour/server_life: test_closings_that_fail_and_hang",
    ),
    "add_timeout": case(
        "a queue that stays full raises QueueFull, which answers 503",
        "background/background_queue: test_add_gives_up_after_its_timeout test_a_full_queue_answers_503",
        elsewhere=_ONE_QUEUE,
    ),
    "memory of a body": case(
        "at most 2.5 times its size, however small the pieces; files on disk take none",
        "behaviour/asgi_scopes: test_memory_of_a_body_in_small_pieces",
        "forms/spooled_files: test_memory",
        elsewhere=_ONE_READER,
    ),
    "linear parsing": case(
        "twice the input is twice the work, for all that reads it; what is much is refused early",
        "hardening/linear_work",
        "hardening/patient_bodies",
        "forms/form_limits: test_hostile_forms",
        elsewhere="parsers have no edge; benchmarks/hostile_input.py has their times",
    ),
}

CASES: Mapping[int, Case] = {
    0: case("no content type at all is taken as JSON", "behaviour/media_types: test_no_type"),
    1: case(
        "malformed, empty, truncated, garbage, BOM, NaN, lone surrogate, utf-16, invalid UTF-8: 400",
        "behaviour/json_bodies: test_not_json test_empty_body test_wrong_and_malformed",
    ),
    2: case(
        "what breaks the schema is 422; of a key given twice the last value counts",
        "behaviour/json_bodies: test_schema_mismatch test_duplicate_key",
    ),
    3: case(
        "types that a page of another site may send are 415; so is a content encoding",
        "behaviour/media_types",
    ),
    4: case(
        "messages repeat no value over 64 characters, and nothing of a secret field",
        "behaviour/json_bodies: test_long_*_is_not_repeated test_secret_value_is_not_repeated",
        "behaviour/text_values: test_long_value_is_not_repeated",
        "behaviour/media_types: test_long_type_is_not_repeated",
        "violations/violations: test_nothing_of_a_secret_is_repeated",
    ),
    5: case(
        "a body that is not whole never reaches a handler, and is answered nothing",
        "behaviour/departures",
        "behaviour/body_streams: test_client_leaves_in_the_body",
    ),
    6: case(
        "bad credentials are answered before any body is read, or asked for by 100 Continue",
        "behaviour/authentication: test_expectation_* test_body_is_not_read_before",
    ),
    7: case(
        "slots are decoded once; %2F stays in its segment",
        "behaviour/url_paths: test_slot_is_decoded_once test_escaped_slash_*",
        "behaviour/asgi_scopes: test_*path_without_raw_path",
        "behaviour/round_trips: test_text_in_a_link",
    ),
    8: case(
        "empty slots, NUL and invalid UTF-8 in a slot are 404, invalid UTF-8 in a query 400",
        "behaviour/url_paths: test_no_such_url",
        "behaviour/queries: test_not_utf_8",
    ),
    9: case("int, float, bool and Decimal read their one form and nothing else", "behaviour/text_values"),
    10: case(
        "what only resembles a URL is 404; unknown methods are never served; OPTIONS * tells what the app has",
        "behaviour/url_paths: test_no_such_url",
        "behaviour/http_semantics: test_options_of_the_server test_method_that_is_not_served",
        "behaviour/server_decisions: test_methods",
    ),
    11: case(
        "an underscore never binds; a header that may occur once, twice is 400",
        "behaviour/request_headers: test_name_with_an_underscore* test_two_authorizations",
        "behaviour/authentication: test_two_* test_underscore_is_no_credential",
    ),
    12: case(
        "absolute targets and doubtful hosts: as the server allows; no URL is built from Host",
        "behaviour/server_decisions: test_heads test_two_hosts_where_one_is_read test_targets",
        "links/link_origins: test_forwarded_headers_are_ignored_unless_trusted",
    ),
    13: case(
        "a request forges no line of a log, and no log has credentials or bodies",
        "behaviour/unhandled_errors: test_nothing_of_a_request_is_logged test_unknown_path_* test_request_id",
        "errors/logging: test_no_secret_reaches_the_log",
    ),
    14: case(
        "forwarded headers, where trusted, are checked one by one; only the trusted hops count",
        "links/link_origins",
        elsewhere=_ONE_WRITER + "; that headers reach jero as sent is held by behaviour/test_request_headers.py",
    ),
    15: case(
        "nothing is injected by a header's name or value; framing headers of a handler are ignored",
        "behaviour/server_faults: test_header_*",
        "behaviour/results: test_framing_headers",
        "behaviour/request_properties: test_any_text_in_a_header",
    ),
    16: case(
        "no status outside of 200 to 599; 204, 205 and 304 have no body",
        "behaviour/server_faults: test_no_status test_status_that_is_no_int",
        "behaviour/results: test_bodiless_statuses",
    ),
    17: case(
        "a result that cannot be sent as declared is a logged 500 of jero's",
        "behaviour/server_faults: test_result_* test_wrong_wrapper",
    ),
    18: case(
        "what fills a slot of a link arrives as it was; no URL begins with //; titles are quoted",
        "behaviour/round_trips",
        "links/link_properties",
    ),
    19: case(
        "401 has its challenge, errors are problem documents, and no client guesses types",
        "behaviour/authentication: test_no_credentials",
        "behaviour/problems: test_problem",
        "behaviour/results: test_bytes",
    ),
    20: case(
        "events break at CR and LF alone, and nowhere else; their fields cannot be broken out of",
        "behaviour/stream_ends: test_whole",
        "streams/framings",
    ),
    21: case(
        "HEAD is GET without its body, and never starts a stream",
        "behaviour/http_semantics: test_head*",
        "behaviour/stream_ends: test_head*",
    ),
    22: case(
        "whatever a handler raises is a logged 500, and the worker lives",
        "behaviour/unhandled_errors: test_exception*",
    ),
    23: case(
        "one watcher for each stream; long streams arrive whole, many at a time",
        "behaviour/streams_whole: test_long_streams_arrive_whole",
        "streams/pump: test_one_*",
    ),
    24: case(
        "a client that leaves, wherever it does, leaves nothing behind and no ERROR in the log",
        "behaviour/stream_ends: test_client_leaves* test_connection_is_reset",
        "behaviour/streams_whole: test_clients_that_leave_leave_nothing_behind",
        "streams/pump_ends: test_client_leaves_while_send_blocks",
    ),
    25: case(
        "a send that raises OSError, and a task that is cancelled, are a client that left",
        "streams/pump_ends: test_send_fails* test_task_is_cancelled*",
        "behaviour/asgi_scopes: test_send_that_fails",
        elsewhere=_ASGI_ONLY,
    ),
    26: case(
        "a lifecycle generator sees the error or the cancellation, and rolls back",
        "behaviour/stream_ends: test_fails_later test_client_leaves",
    ),
    27: case(
        "readers who take nothing hold little, and are torn down once they go",
        "behaviour/greedy_streams: test_readers_who_take_nothing",
        "streams/pump: test_one_item_*",
    ),
    28: case(
        "a source that never waits starves no other request",
        "behaviour/greedy_streams: test_reader_who_takes_all",
        "streams/pump: test_source_that_never_waits",
    ),
    29: case(
        "malformed forms are 400, 415 or 422; an absent field gets its default",
        "behaviour/form_uploads: test_broken_forms test_no_form",
        "forms/malformed_forms: test_malformed",
        "forms/form_media_types: test_bad_boundary",
        "forms/form_values: test_absent_fields",
        "forms/form_parts: test_absent_parts",
    ),
    30: case(
        "a file name is data; control characters in it are 422",
        "forms/form_parts: test_file_names test_*control_characters* test_crlf_in_a_file_name",
        elsewhere=_ONE_FORM_READER,
    ),
    31: case(
        "temporary files are written off the loop, and gone with their request, whatever happened",
        "behaviour/form_uploads: test_large_file test_file_echoed test_client_that_leaves_*",
        "behaviour/form_uploads: test_handler_that_raises",
        "forms/spooled_files: test_*",
    ),
    32: case(
        "a start that fails closes in reverse what it opened, is logged, and the server exits non-zero",
        "behaviour/server_life: test_app_that_cannot_start",
        "lifecycle/failing_start",
    ),
    33: case(
        "closings that raise or hang keep neither the others open nor the server running",
        "behaviour/server_life: test_closings_that_fail_and_hang",
        "lifecycle/closing",
    ),
    34: case(
        "without a lifespan the app starts itself, once; a second lifespan builds afresh",
        "behaviour/no_lifespan",
        "lifecycle/self_start",
        "lifecycle/second_lifespan",
    ),
    35: case(
        "SIGTERM lets requests finish and ends open streams, torn down, within the grace of the server",
        "behaviour/server_life: test_request_in_progress",
        "behaviour/stream_shutdown",
        "streams/pump_ends: test_shutdown_ends_streams",
    ),
    36: case(
        "no background handler stops the queue; what is lost at the end is counted and named",
        "behaviour/server_life: test_background_work_in_progress",
        "background/background_queue: test_a_failing_handler_is_logged_and_the_queue_goes_on",
        "background/background_queue: test_a_handler_that_cancels_itself_and_ends_stops_nothing",
        "background/background_shutdown",
    ),
    37: case(
        "context variables of one request are not seen by another",
        "behaviour/handler_calls: test_context_* test_requests_at_the_same_time",
    ),
    38: case(
        "messages and scopes as the ASGI specification allows them",
        "behaviour/asgi_scopes",
        elsewhere=_ASGI_ONLY,
    ),
}
