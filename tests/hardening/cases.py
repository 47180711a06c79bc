"""The map of hardening: each limit and each case, the tests that hold it, and why an edge needs none of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

_BEHAVIOUR = "behaviour/test_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What must happen, and the tests that hold it, as `folder/test_file.py::test_name` or a pattern of these.

    `elsewhere` says why the edges over which none of them runs need none.
    """

    says: str
    tests: tuple[str, ...]
    elsewhere: str = ""


_NO_WIRE = "in process there is no wire: no connection that could be closed, broken or framed wrongly"
_BEFORE_ANY_EDGE = "it is decided at startup, before an edge has a part in it"
_ONE_FORM_READER = (
    "the bytes of a form are read by one reader whatever edge they come from; that all of them come, in pieces of any "
    "size, and that refusals close the connection, is held over every edge by behaviour/test_form_uploads.py"
)
_ONE_PUMP = (
    "one pump drives every stream; how its messages leave over each edge is held by behaviour/test_stream_ends.py"
)
_ONE_QUEUE = (
    "the queue has no edge: items are handled beside requests; that SIGTERM drains it is held over every server by "
    "behaviour/test_server_life.py"
)
_ONE_WRITER = (
    "a URL is a header value like any other by the time an edge sees it; that one leads back over each edge is held "
    "by behaviour/test_round_trips.py"
)
_ASGI_ONLY = "it is about the messages of ASGI, which uvicorn and granian's ASGI send as the specification says"


def _behaviour(file: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{_BEHAVIOUR}{file}.py::{name}" for name in names or ("*",))


LIMITS: Mapping[str, Case] = {
    "max_body": Case(
        says="413: a declared length before anything is read, else as soon as the bytes received pass it; closed",
        tests=_behaviour("body_limits"),
    ),
    "max_form, max_form_field": Case(
        says="413 for a whole form, and for one field that is no file",
        tests=(
            *_behaviour("form_uploads", "test_form_that_is_too_large"),
            "forms/test_form_limits.py::test_whole_form",
            "forms/test_form_limits.py::test_declared_length",
            "forms/test_form_limits.py::test_a_form_that_does_not_end",
            "forms/test_form_limits.py::test_one_field",
            "forms/test_form_limits.py::test_files_are_not_fields",
        ),
    ),
    "max_upload": Case(
        says="413 for a body that is read as a stream",
        tests=_behaviour("body_streams", "test_*_length_*"),
    ),
    "max_form_parts": Case(
        says="413 for more than 1,000 parts or fields, in both encodings",
        tests=("forms/test_form_limits.py::test_number_of_parts", "forms/test_form_limits.py::test_hostile_forms"),
        elsewhere=_ONE_FORM_READER,
    ),
    "max_part_headers, max_part_header, max_boundary, max_preamble": Case(
        says="400 for the headers of a part, one of them, the boundary, and what precedes the first part",
        tests=(
            "forms/test_form_limits.py::test_part_headers",
            "forms/test_form_limits.py::test_part_header",
            "forms/test_form_limits.py::test_boundary",
            "forms/test_form_limits.py::test_preamble",
        ),
        elsewhere=_ONE_FORM_READER,
    ),
    "max_part_memory": Case(
        says="a file beyond it is spooled to disk, off the event loop",
        tests=("forms/test_spooled_files.py::test_*file*", *_behaviour("form_uploads", "test_large_file")),
    ),
    "JSON nesting": Case(
        says="400, inside of unknown keys, too",
        tests=_behaviour("json_bodies", "test_deep_nesting", "test_not_json"),
    ),
    "body_timeout": Case(
        says="408 and closed, where a body makes no progress for so long",
        tests=_behaviour("body_limits", "test_body_that_*", "test_connection_ends_after_a_timeout"),
    ),
    "max_query, max_query_pairs, max_cookies": Case(
        says="414 for a long query string, 400 for too many pairs or cookies",
        tests=(
            *_behaviour("queries", "test_long_query", "test_many_pairs", "test_default_*", "test_no_limits"),
            *_behaviour("request_headers", "test_*cookies"),
        ),
    ),
    "request headers": Case(
        says="the server's to limit, written down for each",
        tests=_behaviour("server_decisions", "test_heads", "test_long_target"),
        elsewhere=_NO_WIRE,
    ),
    "an error body": Case(
        says="4 KiB for one entry of a list, 64 KiB in all; truncated, and says so",
        tests=_behaviour("problems", "test_long_*"),
    ),
    "shutdown_timeout": Case(
        says="a closing that hangs is logged, and the others still close",
        tests=(
            "lifecycle/test_closing.py::test_closing_that_hangs",
            *_behaviour("server_life", "test_closings_that_fail_and_hang"),
        ),
    ),
    "add_timeout": Case(
        says="a queue that stays full raises QueueFull, which answers 503",
        tests=(
            "background/test_background_queue.py::test_add_gives_up_after_its_timeout",
            "background/test_background_queue.py::test_a_full_queue_answers_503",
        ),
        elsewhere=_ONE_QUEUE,
    ),
    "memory of a body": Case(
        says="at most 2.5 times its size, however small the pieces; files on disk take none",
        tests=(
            *_behaviour("asgi_scopes", "test_memory_of_a_body_in_small_pieces"),
            "forms/test_spooled_files.py::test_memory",
        ),
        elsewhere=(
            "one reader gathers every body; what an edge holds of it itself is that edge's, and is measured by "
            "benchmarks/streams_memory.py"
        ),
    ),
    "linear parsing": Case(
        says="twice the input is twice the work, for all that reads it; what is much is refused early",
        tests=(
            "hardening/test_linear_work.py::*",
            "hardening/test_patient_bodies.py::*",
            "forms/test_form_limits.py::test_hostile_forms",
        ),
        elsewhere="parsers have no edge; benchmarks/hostile_input.py has their times",
    ),
}

CASES: Mapping[int, Case] = {
    0: Case(
        says="no content type at all is taken as JSON",
        tests=_behaviour("media_types", "test_no_type"),
    ),
    1: Case(
        says="malformed, empty, truncated, garbage, BOM, NaN, lone surrogate, utf-16, invalid UTF-8: 400",
        tests=_behaviour("json_bodies", "test_not_json", "test_empty_body", "test_wrong_and_malformed"),
    ),
    2: Case(
        says="what breaks the schema is 422; of a key given twice the last value counts",
        tests=_behaviour("json_bodies", "test_schema_mismatch", "test_duplicate_key"),
    ),
    3: Case(
        says="types that a page of another site may send are 415; so is a content encoding",
        tests=_behaviour("media_types"),
    ),
    4: Case(
        says="messages repeat no value over 64 characters, and nothing of a secret field",
        tests=(
            *_behaviour("json_bodies", "test_long_*_is_not_repeated", "test_secret_value_is_not_repeated"),
            *_behaviour("text_values", "test_long_value_is_not_repeated"),
            *_behaviour("media_types", "test_long_type_is_not_repeated"),
            "violations/test_violations.py::test_nothing_of_a_secret_is_repeated",
        ),
    ),
    5: Case(
        says="a body that is not whole never reaches a handler, and is answered nothing",
        tests=(*_behaviour("departures"), *_behaviour("body_streams", "test_client_leaves_in_the_body")),
    ),
    6: Case(
        says="bad credentials are answered before any body is read, or asked for by 100 Continue",
        tests=_behaviour("authentication", "test_expectation_*", "test_body_is_not_read_before"),
    ),
    7: Case(
        says="slots are decoded once; %2F stays in its segment",
        tests=(
            *_behaviour("url_paths", "test_slot_is_decoded_once", "test_no_such_url"),
            *_behaviour("asgi_scopes", "test_*path_without_raw_path"),
            *_behaviour("round_trips", "test_text_in_a_link"),
        ),
    ),
    8: Case(
        says="empty slots, NUL and invalid UTF-8 in a slot are 404, invalid UTF-8 in a query 400",
        tests=(*_behaviour("url_paths", "test_no_such_url"), *_behaviour("queries", "test_not_utf_8")),
    ),
    9: Case(
        says="int, float, bool and Decimal read their one form and nothing else",
        tests=_behaviour("text_values"),
    ),
    10: Case(
        says="what only resembles a URL is 404; unknown methods are never served; OPTIONS * tells what the app has",
        tests=(
            *_behaviour("url_paths", "test_no_such_url"),
            *_behaviour("http_semantics", "test_options_of_the_server", "test_method_that_is_not_served"),
            *_behaviour("server_decisions", "test_methods"),
        ),
    ),
    11: Case(
        says="an underscore never binds; a header that may occur once, twice is 400",
        tests=(
            *_behaviour("request_headers", "test_name_with_an_underscore*", "test_two_authorizations"),
            *_behaviour("authentication", "test_two_*", "test_underscore_is_no_credential"),
        ),
    ),
    12: Case(
        says="absolute targets and doubtful hosts: as the server allows; no URL is built from Host",
        tests=(
            *_behaviour("server_decisions", "test_heads", "test_two_hosts_where_one_is_read", "test_targets"),
            "links/test_link_origins.py::test_forwarded_headers_are_ignored_unless_trusted",
        ),
    ),
    13: Case(
        says="a request forges no line of a log, and no log has credentials or bodies",
        tests=(
            *_behaviour("unhandled_errors", "test_nothing_of_a_request_is_logged", "test_unknown_path_*"),
            *_behaviour("unhandled_errors", "test_request_id"),
            "errors/test_logging.py::test_no_secret_reaches_the_log",
        ),
    ),
    14: Case(
        says="forwarded headers, where trusted, are checked one by one; only the trusted hops count",
        tests=("links/test_link_origins.py::*",),
        elsewhere=_ONE_WRITER + "; that headers reach jero as sent is held by behaviour/test_request_headers.py",
    ),
    15: Case(
        says="nothing is injected by a header's name or value; framing headers of a handler are ignored",
        tests=(
            *_behaviour("server_faults", "test_header_*"),
            *_behaviour("results", "test_framing_headers"),
            *_behaviour("request_properties", "test_any_text_in_a_header"),
        ),
    ),
    16: Case(
        says="no status outside of 200 to 599; 204, 205 and 304 have no body",
        tests=(
            *_behaviour("server_faults", "test_no_status", "test_status_that_is_no_int"),
            *_behaviour("results", "test_bodiless_statuses"),
        ),
    ),
    17: Case(
        says="a result that cannot be sent as declared is a logged 500 of jero's",
        tests=_behaviour("server_faults", "test_result_*", "test_wrong_wrapper"),
    ),
    18: Case(
        says="what fills a slot of a link arrives as it was; no URL begins with //; titles are quoted",
        tests=(*_behaviour("round_trips"), "links/test_link_properties.py::*"),
    ),
    19: Case(
        says="401 has its challenge, errors are problem documents, and no client guesses types",
        tests=(
            *_behaviour("authentication", "test_no_credentials"),
            *_behaviour("problems", "test_problem"),
            *_behaviour("results", "test_bytes"),
        ),
    ),
    20: Case(
        says="events break at CR and LF alone, and nowhere else; their fields cannot be broken out of",
        tests=(*_behaviour("stream_ends", "test_whole"), "streams/test_framings.py::*"),
    ),
    21: Case(
        says="HEAD is GET without its body, and never starts a stream",
        tests=(*_behaviour("http_semantics", "test_head*"), *_behaviour("stream_ends", "test_head*")),
    ),
    22: Case(
        says="whatever a handler raises is a logged 500, and the worker lives",
        tests=_behaviour("unhandled_errors", "test_exception*"),
    ),
    23: Case(
        says="one watcher for each stream; long streams arrive whole, many at a time",
        tests=(*_behaviour("streams_whole", "test_long_streams_arrive_whole"), "streams/test_pump.py::test_one_*"),
    ),
    24: Case(
        says="a client that leaves, wherever it does, leaves nothing behind and no ERROR in the log",
        tests=(
            *_behaviour("stream_ends", "test_client_leaves*", "test_connection_is_reset"),
            *_behaviour("streams_whole", "test_clients_that_leave_leave_nothing_behind"),
            "streams/test_pump.py::test_client_leaves_while_send_blocks",
        ),
    ),
    25: Case(
        says="a send that raises OSError, and a task that is cancelled, are a client that left",
        tests=(
            "streams/test_pump.py::test_send_fails*",
            "streams/test_pump.py::test_task_is_cancelled*",
            *_behaviour("asgi_scopes", "test_send_that_fails"),
        ),
        elsewhere=_ASGI_ONLY,
    ),
    26: Case(
        says="a lifecycle generator sees the error or the cancellation, and rolls back",
        tests=_behaviour("stream_ends", "test_fails_later", "test_client_leaves"),
    ),
    27: Case(
        says="readers who take nothing hold little, and are torn down once they go",
        tests=(*_behaviour("greedy_streams", "test_readers_who_take_nothing"), "streams/test_pump.py::test_one_item_*"),
    ),
    28: Case(
        says="a source that never waits starves no other request",
        tests=(
            *_behaviour("greedy_streams", "test_reader_who_takes_all"),
            "streams/test_pump.py::test_source_that_never_waits",
        ),
    ),
    29: Case(
        says="malformed forms are 400, 415 or 422; an absent field gets its default",
        tests=(
            *_behaviour("form_uploads", "test_broken_forms", "test_no_form"),
            "forms/test_malformed_forms.py::test_malformed",
            "forms/test_form_media_types.py::test_bad_boundary",
            "forms/test_form_values.py::test_absent_fields",
            "forms/test_form_parts.py::test_absent_parts",
        ),
    ),
    30: Case(
        says="a file name is data; control characters in it are 422",
        tests=(
            "forms/test_form_parts.py::test_file_names",
            "forms/test_form_parts.py::test_*control_characters*",
            "forms/test_form_parts.py::test_crlf_in_a_file_name",
        ),
        elsewhere=_ONE_FORM_READER,
    ),
    31: Case(
        says="temporary files are written off the loop, and gone with their request, whatever happened",
        tests=(
            *_behaviour("form_uploads", "test_large_file", "test_file_echoed", "test_client_that_leaves_*"),
            *_behaviour("form_uploads", "test_handler_that_raises"),
            "forms/test_spooled_files.py::test_*",
        ),
    ),
    32: Case(
        says="a start that fails closes in reverse what it opened, is logged, and the server exits non-zero",
        tests=(*_behaviour("server_life", "test_app_that_cannot_start"), "lifecycle/test_failing_start.py::*"),
    ),
    33: Case(
        says="closings that raise or hang keep neither the others open nor the server running",
        tests=(*_behaviour("server_life", "test_closings_that_fail_and_hang"), "lifecycle/test_closing.py::*"),
    ),
    34: Case(
        says="without a lifespan the app starts itself, once; a second lifespan builds afresh",
        tests=(
            *_behaviour("no_lifespan"),
            "lifecycle/test_self_start.py::*",
            "lifecycle/test_second_lifespan.py::*",
        ),
    ),
    35: Case(
        says="SIGTERM lets requests finish and ends open streams, torn down, within the grace of the server",
        tests=(
            *_behaviour("server_life", "test_request_in_progress"),
            *_behaviour("stream_shutdown"),
            "streams/test_pump.py::test_shutdown_ends_streams",
        ),
    ),
    36: Case(
        says="no background handler stops the queue; what is lost at the end is counted and named",
        tests=(
            *_behaviour("server_life", "test_background_work_in_progress"),
            "background/test_background_queue.py::test_a_failing_handler_is_logged_and_the_queue_goes_on",
            "background/test_background_queue.py::test_a_handler_that_cancels_itself_and_ends_stops_nothing",
            "background/test_background_shutdown.py::*",
        ),
    ),
    37: Case(
        says="context variables of one request are not seen by another",
        tests=_behaviour("handler_calls", "test_context_*", "test_requests_at_the_same_time"),
    ),
    38: Case(
        says="messages and scopes as the ASGI specification allows them",
        tests=_behaviour("asgi_scopes"),
        elsewhere=_ASGI_ONLY,
    ),
}
