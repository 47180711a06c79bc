"""What a client makes of a connection: its one answer, the numbers and statuses of all, whether it goes on."""

from http_app import Seen
from raw_exchange import Exchange
from wire_answers import WireAnswer, check_with_h11
from wire_requests import get


def only(connection: Exchange, method: str = "GET") -> WireAnswer:
    """Give the one final answer of a connection, which h11 can read too."""
    (answer,) = connection.final_answers
    check_with_h11(answer, method)
    return answer


def numbers(connection: Exchange) -> list[int]:
    """Give the numbers of the requests that were answered, in order."""
    return [answer.decode(Seen).query.n for answer in connection.final_answers]


def is_kept(connection: Exchange) -> bool:
    """Whether the connection goes on: another request on it is answered; then it is ended."""
    before = len(connection.final_answers)
    connection.linger()
    if connection.is_open:
        connection.send(get("/echo?n=4242"))
    kept = len(connection.final_answers) == before + 1
    assert kept == connection.is_open
    connection.end()
    assert connection.transport.is_lost
    return kept


def statuses(connection: Exchange) -> list[int]:
    """Give the statuses of all the answers, interim ones included."""
    return [answer.status for answer in connection.answers]
