"""Asks a server over a few connections, on each of them one request after the other."""

from __future__ import annotations

import re
import selectors
import socket
import time

CONNECTIONS = 16
LENGTH = re.compile(rb"^content-length: (\d+)\r$", re.IGNORECASE | re.MULTILINE)


class Connections:
    """The connections to one path of a server."""

    def __init__(self, port: int, path: str) -> None:
        """Connects."""
        self._request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        self._ready = selectors.DefaultSelector()
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ready.register(connection, selectors.EVENT_READ)

    def answers_in(self, seconds: float) -> int:
        """How many answers come while all connections ask for some time."""
        end = time.perf_counter() + seconds
        asking = len(self._ready.get_map())
        for key in self._ready.get_map().values():
            key.fileobj.sendall(self._request)  # type: ignore[union-attr]
        answers = 0
        while asking:
            for key, _ in self._ready.select():
                receive(key.fileobj)  # type: ignore[arg-type]
                answers += 1
                if time.perf_counter() < end:
                    key.fileobj.sendall(self._request)  # type: ignore[union-attr]
                else:
                    asking -= 1
        return answers

    def close(self) -> None:
        """Closes all of them."""
        for key in list(self._ready.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._ready.close()


def receive(connection: socket.socket) -> None:
    """Takes in one answer, which has to be a good one."""
    data = connection.recv(65536)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += some(connection)
    head = data[: end + 2]
    length = LENGTH.search(head)
    if length is None or not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"a server answered {head!r}")
    missing = end + 4 + int(length[1]) - len(data)
    while missing > 0:
        missing -= len(some(connection))


def some(connection: socket.socket) -> bytes:
    """The next piece of an answer."""
    data = connection.recv(65536)
    if not data:
        raise SystemExit("a server closed a connection")
    return data
