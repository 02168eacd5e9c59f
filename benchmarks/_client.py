"""A load client: keep-alive connections over plain sockets, one thread, requests made beforehand. Runs as a process.

Reads one JSON object from standard input: ``port``, ``clients``, ``seconds`` and ``requests`` (texts in ISO 8859-1,
handed out in order; ``once`` says each may be sent only once). Writes ``statuses``, ``times`` (seconds each, in order)
and ``seconds``, ``cpu`` (what the client itself used) to standard output.
"""

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle


class Connection:
    """One connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self.got = b""

    def send(self, request: bytes) -> None:
        self.got, self.began = b"", time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int:
        """Takes what there is; the status when the answer is whole, else 0. Raises ConnectionError when cut off."""
        more = self.socket.recv(262_144)
        if not more:
            raise ConnectionError("the server closed the connection")
        self.got += more
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not found:
            return 0
        status = int(head[9:12])
        for line in head.lower().split(b"\r\n")[1:]:
            if line.startswith(b"content-length:"):
                return status if len(body) >= int(line[15:]) else 0
            if line.startswith(b"transfer-encoding:") and b"chunked" in line:
                return status if body.endswith(b"0\r\n\r\n") else 0
        return status


def run(port: int, clients: int, seconds: float, requests: Iterator[bytes]) -> tuple[Counter[int], list[float], float]:
    """Keeps every connection busy until the time is over or the requests are used up."""
    chosen = selectors.DefaultSelector()
    statuses: Counter[int] = Counter()
    times: list[float] = []
    began = time.perf_counter()
    busy = 0
    for _ in range(clients):
        request = next(requests, None)
        if request is None:
            break
        connection = Connection(port)
        chosen.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request)
        busy += 1
    while busy:
        for key, _ in chosen.select(timeout=30):
            status = key.data.receive()
            if not status:
                continue
            now = time.perf_counter()
            times.append(now - key.data.began)
            statuses[status] += 1
            request = next(requests, None) if now - began < seconds else None
            if request is None:
                busy -= 1
            else:
                key.data.send(request)
    return statuses, times, time.perf_counter() - began


def main() -> None:
    job = json.load(sys.stdin)
    made = [text.encode("latin-1") for text in job["requests"]]
    statuses, times, seconds = run(job["port"], job["clients"], job["seconds"],
                                   iter(made) if job["once"] else cycle(made))
    json.dump({"statuses": statuses, "times": times, "seconds": seconds, "cpu": time.process_time()}, sys.stdout)


if __name__ == "__main__":
    main()
