"""What errors cost a server: CPU time for a valid POST and for a 422 with ten errors, under uvicorn and granian.

`uv run python benchmarks/errors_served.py`: one client on one connection, rounds of each kind in turn; the CPU time is
the serving process's own, from /proc. `errors_cost.py` tells the same without a server.
"""

import http.client
import os
import statistics
from pathlib import Path

from errors_cost import VALID, WRONG
from server_processes import SERVERS, Server, serving

ROUNDS = 11
REQUESTS = 1000
HEADERS = {"content-type": "application/json"}


def main() -> None:
    """Print a line for each server."""
    for name in SERVERS:
        with serving(name, "errors_cost:app") as server:
            valid, wrong = measure(server)
        ratios = sorted(one / other for one, other in zip(wrong, valid, strict=True))
        print(
            f"{name:8} valid {statistics.median(valid):6.1f} µs"
            f"   422 with ten errors {statistics.median(wrong):6.1f} µs"
            f"   ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )


def measure(server: Server) -> tuple[list[float], list[float]]:
    """Give the CPU time of a request in each round, in µs: valid ones, and wrong ones."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    times: dict[int, list[float]] = {201: [], 422: []}
    for round_number in range(ROUNDS + 1):
        for status, body in ((201, VALID), (422, WRONG)):
            before = cpu_seconds(server.pid)
            for _ in range(REQUESTS):
                connection.request("POST", "/orders", body, HEADERS)
                answer = connection.getresponse()
                answer.read()
                assert answer.status == status, answer.status
            if round_number:  # the first one warms up
                times[status].append((cpu_seconds(server.pid) - before) / REQUESTS * 1e6)
    connection.close()
    return times[201], times[422]


def cpu_seconds(pid: int) -> float:
    """Give the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
