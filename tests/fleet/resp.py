"""A connection to a server of Redis, one question at a time."""

from __future__ import annotations

import re
import socket

Reply = str | int | list | None
QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
ESCAPED = re.compile(rb"\\(x[0-9a-f]{2}|.)", re.DOTALL)
SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b"}


class Client:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")

    def ask(self, *parts: str) -> Reply:
        sent = [f"${len(part.encode())}\r\n{part}\r\n" for part in parts]
        self.socket.sendall(f"*{len(parts)}\r\n{''.join(sent)}".encode())
        return self.reply()

    def reply(self) -> Reply:
        line = self.file.readline().decode().rstrip("\r\n")
        kind, rest = line[:1], line[1:]
        if kind == "+":
            return rest
        if kind == ":":
            return int(rest)
        if kind == "$":
            length = int(rest)
            return None if length < 0 else self.file.read(length + 2)[:-2].decode(errors="replace")
        if kind == "*":
            return [self.reply() for _ in range(int(rest))]
        raise ValueError(line)


class Monitor(Client):
    """Hears all that the server is asked, as it says it."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.ask("MONITOR")

    def heard(self, seconds: float) -> bytes | None:
        """The next line, if one comes within so many seconds."""
        self.socket.settimeout(seconds)
        try:
            return self.file.readline()
        except TimeoutError:
            # What has come of a line is kept by the file, which refuses to be read after that.
            self.file = self.socket.makefile("rb")
            return None


def words(line: bytes) -> list[bytes]:
    """What stands in quotes."""
    return [ESCAPED.sub(unescaped, word) for word in QUOTED.findall(line)]


def unescaped(found: re.Match[bytes]) -> bytes:
    said = found[1]
    return bytes([int(said[1:], 16)]) if len(said) == 3 else SHORT.get(said, said)
