"""What the built-in client sends and takes, as a server sees it that was written by hand."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from grantmint import PlaybackMinter, UpstreamError
from support import STREAMER

GRANT = b'{"grant":{"playbackUrl":"https://x.invalid/","playerStreamerSid":"VJ1"}}'
#: As TLS numbers them.
TLS_1_2, TLS_1_3 = 0x0303, 0x0304
SUPPORTED_VERSIONS = 43


@contextlib.contextmanager
def answering(*headers):
    """A server that answers each request with a grant and these headers: its URL, what it got."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            got.append(self.headers)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(201)
            for name, value in (*headers, ("Content-Length", str(len(GRANT)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(GRANT)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", got
        finally:
            server.shutdown()


def test_a_header_over_16_kib_is_refused(key):
    with answering(("X-Long", "x" * 15 * 1024)) as (url, got):
        PlaybackMinter(key, base_url=url).token(STREAMER, "alice")
    with answering(("X-Long", "x" * 17 * 1024)) as (url, got):
        minter = PlaybackMinter(key, base_url=url)
        with pytest.raises(UpstreamError) as caught:
            minter.token(STREAMER, "alice")
    assert (caught.value.code, len(got)) == ("upstream_too_large", 1)


def test_no_cookie_is_sent_back(key):
    with answering(("Set-Cookie", "session=1; Path=/")) as (url, got):
        minter = PlaybackMinter(key, base_url=url)
        minter.token(STREAMER, "alice")
        minter.token("VJ" + "2" * 32, "alice")
    assert [headers["Cookie"] for headers in got] == [None, None]


def hello(connection):
    """The first message of a TLS client, after the head of its record and its own."""
    read = connection.makefile("rb").read
    kind, _, length = struct.unpack("!BHH", read(5))
    assert kind == 22, "a handshake"
    return read(length)[4:]


def offered(hello):
    """The versions of TLS that it offers, in the client's order."""
    at = 2 + 32  # the version of before there was the extension, and random bytes
    at += 1 + hello[at]  # the session
    at += 2 + struct.unpack_from("!H", hello, at)[0]  # the ciphers
    at += 1 + hello[at]  # the compressions
    at += 2  # the length of what follows
    while at < len(hello):
        kind, length = struct.unpack_from("!HH", hello, at)
        if kind == SUPPORTED_VERSIONS:
            return list(struct.unpack_from(f"!{hello[at + 4] // 2}H", hello, at + 5))
        at += 4 + length
    return []


def test_tls_1_2_and_1_3_are_offered_and_no_other(key):
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = []

        def serve():
            connection, _ = server.accept()
            with connection:
                said.append(hello(connection))

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(UpstreamError):
            PlaybackMinter(key, base_url=url).token(STREAMER, "alice")
        thread.join(timeout=10)
    assert sorted(offered(said[0])) == [TLS_1_2, TLS_1_3]
