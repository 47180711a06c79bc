"""A server whose surroundings fail says so clearly, and serves on once they are back, without a restart."""

import os
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from serving.answers import Answer
from serving.clients import SocketClient
from serving.edges import SOCKET_EDGES, OverSocket
from serving.leftovers import count_left, count_left_until
from serving.raw_http import head
from surroundings import Faulted

_BOUNDARY = "multipart/form-data; boundary=b"
_GET = head("GET", "/leftovers")
_TRIES = 200


def test_disk_that_is_full(faulted: Faulted) -> None:
    """A file that the disk does not take is answered 500 and logged once; the next one is taken, nothing is left."""
    before = count_left(faulted.client)
    for _ in range(3):
        assert _upload(faulted.client, 3 << 20).status == 500
        record = faulted.client.log.one_error()
        assert "OSError: [Errno 27] File too large" in str(record.exception)
        assert record.template == "/uploads"
    answer = _upload(faulted.client, 200_000)
    assert (answer.status, answer.json()) == (200, {"size": 200_000})
    assert count_left_until(faulted.client, before) == before


def test_descriptors_that_are_used_up(faulted: Faulted) -> None:
    """Without descriptors an upload is answered 500 and logged; once there are some, everybody is served again."""
    before = count_left(faulted.client)
    with faulted.client.connect() as first:
        first.send(head("POST", "/descriptors", "Content-Length: 0"))
        assert first.read_answer().status == 200
        try:
            with faulted.client.connect() as second:
                second.send(_GET)  # a client that comes now waits until it is let in, or is turned away
                first.send(*_upload_request(200_000))
                answer = first.read_answer()
        finally:
            first.send(head("DELETE", "/descriptors"))
            assert first.read_answer().status == 204
    assert (answer.status, answer.problem["type"]) == (500, "internal-server-error")
    told = [str(it.exception) for it in faulted.client.log.take_trouble() if it.template == "/uploads"]
    assert ["Too many open files" in it for it in told] == [True]
    tries = iter(range(_TRIES))
    while not _is_served(faulted.client) and next(tries, None) is not None:
        pass
    assert _upload(faulted.client, 200_000).status == 200
    assert count_left_until(faulted.client, before) == before
    faulted.client.log.take_trouble()  # servers tell in their own words that they could not accept


def test_database_that_goes_away(faulted: Faulted) -> None:
    """A database that hangs up in mid-request is a logged 500; when it is back, so is the app."""
    assert faulted.client.get("/tcp").status == 200
    faulted.database.is_gone = True
    try:
        answer = faulted.client.get("/tcp")
    finally:
        faulted.database.is_gone = False
    assert (answer.status, answer.problem["type"]) == (500, "internal-server-error")
    assert "IncompleteReadError" in str(faulted.client.log.one_error().exception)
    assert faulted.client.get("/tcp").status == 200


def test_database_that_is_locked(faulted: Faulted) -> None:
    """What a handler makes of a locked database is answered and logged; when it is free, the next request works."""
    holder = sqlite3.connect(faulted.sqlite)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        answer = faulted.client.get("/sqlite")
        holder.rollback()
    finally:
        holder.close()
    assert (answer.status, answer.problem["detail"]) == (503, "the database does not answer")
    assert "database is locked" in str(faulted.client.log.one_error().exception)
    assert faulted.client.get("/sqlite").status == 200


def test_database_that_is_removed(faulted: Faulted) -> None:
    """A database whose file is gone is the same; when it is back, so is the app."""
    aside = faulted.sqlite.rename(faulted.sqlite.with_suffix(".aside"))
    answer = faulted.client.get("/sqlite")
    aside.replace(faulted.sqlite)
    assert (answer.status, answer.problem["type"]) == (503, "unavailable")
    assert "no such table" in str(faulted.client.log.one_error().exception)
    assert faulted.client.get("/sqlite").status == 200


def test_server_that_is_stopped(faulted: Faulted) -> None:
    """A server that is stopped and continued goes on where it was: requests in progress, streams, and new clients."""
    client, group = faulted.client, _processes(faulted.process.pid)
    with ThreadPoolExecutor(1) as pool, client.stream("GET", "/ticks") as flow, client.connect() as early:
        held = pool.submit(client.get, "/held")
        client.log.wait_for(lambda record: record.message == "in progress")
        assert flow.read(1)
        for process in group:
            os.kill(process, signal.SIGSTOP)
        try:
            early.send(_GET)
            late = client.connect()
            late.send(_GET)
        finally:
            for process in group:
                os.kill(process, signal.SIGCONT)
        with late:
            assert early.read_answer().status == late.read_answer().status == 200
        assert client.request("POST", "/held").status == 204
        assert held.result().json() == {"number": 1}
        assert len(flow.read(10_000)) == 10_000


@pytest.mark.parametrize("edge", SOCKET_EDGES, ids=[edge.name for edge in SOCKET_EDGES])
def test_server_that_is_killed(edge: OverSocket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a server is killed in mid-request, its clients see the connection end, and no temporary file is left."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    serving = edge.open("faulted", "", tmp_path / "server")
    assert isinstance(serving.client, SocketClient)
    assert serving.process is not None
    try:
        with ThreadPoolExecutor(1) as pool, serving.client.connect() as uploading:
            held = pool.submit(serving.client.get, "/held")
            serving.client.log.wait_for(lambda record: record.message == "in progress")
            request, *_ = _upload_request(3 << 20)
            uploading.send(request[: 2 << 20])
            for process in _processes(serving.process.pid):
                os.kill(process, signal.SIGKILL)
            assert uploading.read_to_end() == b""
            with pytest.raises(httpx.HTTPError):
                held.result()
        assert serving.process.wait() == -signal.SIGKILL
        assert list(temporary.iterdir()) == []
    finally:
        serving.close()


def _upload(client: SocketClient, size: int) -> Answer:
    with client.connect() as connection:
        connection.send(*_upload_request(size))
        return connection.read_answer()


def _upload_request(size: int) -> tuple[bytes, ...]:
    """Give a request with a file of so many bytes."""
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n' + b"x" * size + b"\r\n--b--\r\n"
    return (head("POST", "/uploads", f"Content-Type: {_BOUNDARY}", f"Content-Length: {len(body)}") + body,)


def _processes(pid: int) -> list[int]:
    """Give a server's own process, and those that it has started, which are ended first."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [*map(int, children), pid]


def _is_served(client: SocketClient) -> bool:
    try:
        with client.connect() as connection:
            connection.send(_GET)
            return connection.read_answer().status == 200
    except (OSError, AssertionError):
        return False
