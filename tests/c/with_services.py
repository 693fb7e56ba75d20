#!/usr/bin/env python3
"""Runs a program against the services of rest_services.json, and looks at what they are asked.

    with_services.py tests/vectors program [argument...]

The program finds the address of all of them in GRANTMINT_SERVICES, and asks each once, in the order of
the file.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SERVED_AT = "Mon, 30 Nov 2026 01:02:03 GMT"
# What every request has.
OF_ALL = ("host:", "user-agent:", "content-")
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Services(BaseHTTPRequestHandler):
    """Answers each request as the next service does."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        row = next(self.server.rows, None)
        wrong = "one request too many" if row is None else self.wrong(row, body)
        if wrong:
            self.server.wrong.append(wrong)
        self.answer(row if row and not wrong else {"status": 500, "text": "see what the test says"})

    do_GET = do_PUT = do_POST  # noqa: N815

    def wrong(self, row, body):
        lines = [f"{self.command} {self.path}"]
        headers = (f"{name.lower()}: {value}" for name, value in self.headers.items())
        lines += [line for line in headers if not line.startswith(OF_ALL)]
        if self.command != "GET":
            lines.append(re.sub(r"(?<!\d)\d{13}(?!\d)", "NOW_MS", body))
        asked = [without_signed(line, row.get("signed")) for line in lines]
        return None if asked == row["sends"] else f"{row['name']}: {asked}, not {row['sends']}"

    def answer(self, row):
        body = row["text"] if "text" in row else compact(row["body"])
        self.send_response_only(row["status"])
        self.send_header("Date", SERVED_AT)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


def without_signed(line, signed):
    """A line without the token that was signed for the request, if that is as it should be."""
    token = line.removeprefix("authorization: Bearer ")
    if signed is None or token == line:
        return line
    message, _, signature = token.rpartition(".")
    header, claims = (json.loads(base64url(part)) for part in message.split("."))
    expected = signed.get("header", {"alg": "HS256", "typ": "JWT"})
    mac = hmac.digest(signed["secret"].encode(), message.encode(), HASHES[expected["alg"]])
    written = sorted(claims.keys() - signed["claims"].keys())
    is_right = (
        hmac.compare_digest(base64url(signature), mac)
        and header == expected
        and written == signed["written"]
        and signed["claims"].items() <= claims.items()
        and signed["ttl"] - 60 < claims["exp"] - time.time() <= signed["ttl"]
    )
    return "authorization: Bearer SIGNED" if is_right else f"a token with {claims}"


def base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def main(vectors, *program):
    rows = json.loads((Path(vectors) / "rest_services.json").read_text(encoding="utf-8"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Services)
    server.rows, server.wrong = iter(rows["services"]), []
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    address = {"GRANTMINT_SERVICES": f"http://127.0.0.1:{server.server_port}"}
    ran = subprocess.run(program, env={**os.environ, **address}, timeout=100)
    server.shutdown()
    left = [row["name"] for row in server.rows]
    for wrong in server.wrong + [f"{name} was not asked" for name in left]:
        print(wrong, file=sys.stderr)
    return ran.returncode or bool(server.wrong or left)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
