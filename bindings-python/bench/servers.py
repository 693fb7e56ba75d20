"""Measures what the example servers add to a request.

Each is measured beside a server that is made with the same framework, served in the same way, and
always gives the same answer. Both take turns. Only the servers' processor time counts: when others
have the machine does not.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
from connections import Connections

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "examples"
STREAMER = "VJ" + "3" * 32
ROUTES = {
    "a room's token": "/rooms/token?identity=viewer-0001",
    "a stream's token": f"/live/{STREAMER}/token?identity=viewer-0001",
}
#: How each framework's servers are run: the example, and the one with constant answers.
SERVERS = {
    "FastAPI": (
        ("uvicorn", "--port=PORT", "--no-access-log"),
        ("fastapi_server:app", "constant_fastapi:app"),
    ),
    "Flask": (
        ("gunicorn", "--bind=127.0.0.1:PORT", "--threads=8", "--keep-alive=60"),
        ("flask_server:app", "constant_flask:app"),
    ),
}
ROUNDS, ROUND_SECONDS, WARM_UP_SECONDS = 25, 0.2, 1.5
REQUIRED = 0.75


class Upstream(BaseHTTPRequestHandler):
    """Answers every request for a grant."""

    def do_POST(self) -> None:
        """Grants."""
        grant = {
            "playbackUrl": "https://play.example.com/v1/" + "x" * 400 + "?token=" + "y" * 300,
            "playerStreamerSid": STREAMER,
            "requestCredentials": None,
        }
        body = json.dumps({"grant": grant}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Server:
    """A server that runs, for the length of a `with`."""

    def __init__(self, where: Path, command: tuple[str, ...], env: dict[str, str]) -> None:
        """Starts it, and waits until it listens."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        words = [word.replace("PORT", str(self.port)) for word in command]
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        pipes = {"stdout": self._log, "stderr": self._log}
        program = [sys.executable, "-m", *words]
        self._process = subprocess.Popen(program, cwd=where, env={**os.environ, **env}, **pipes)
        self._wait()

    def _wait(self) -> None:
        while self._process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                time.sleep(0.05)
        self._log.seek(0)
        raise SystemExit(self._log.read())

    def __enter__(self):
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait()
        self._log.close()

    def ask(self, path: str) -> object:
        """What it answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            return json.load(answer)

    def used(self) -> float:
        """The seconds of processor time that it and its workers have used."""
        first = psutil.Process(self._process.pid)
        times = [one.cpu_times() for one in (first, *first.children(recursive=True))]
        return sum(one.user + one.system for one in times)


def in_turns(pair: list[tuple[Server, Connections]]) -> float:
    """The time that an answer of the first takes, in parts of that of the second."""
    for _, connections in pair:
        connections.answers_in(WARM_UP_SECONDS)
    used, answers = [0.0, 0.0], [0, 0]
    for _ in range(ROUNDS):
        for place, (server, connections) in enumerate(pair):
            before = server.used()
            answers[place] += connections.answers_in(ROUND_SECONDS)
            used[place] += server.used() - before
    first, second = (used[place] / answers[place] for place in (0, 1))
    print(f"{first * 1e6:8.0f} and {second * 1e6:.0f} microseconds")
    return first / second


def measured(
    command: tuple[str, ...], apps: tuple[str, str], env: dict[str, str]
) -> dict[str, float]:
    """The constant answer's time in parts of that of each route."""
    with ExitStack() as running:
        example = running.enter_context(Server(EXAMPLES, (*command, apps[0]), env))
        answers = json.dumps([example.ask(path) for path in ROUTES.values()])
        constant = running.enter_context(Server(HERE, (*command, apps[1]), {"ANSWERS": answers}))
        found = {}
        for place, (route, path) in enumerate(ROUTES.items()):
            pair = [
                (constant, Connections(constant.port, f"/{place}")),
                (example, Connections(example.port, path)),
            ]
            found[route] = in_turns(pair)
            for _, connections in pair:
                connections.close()
        return found


def main() -> None:
    """Measures, prints, and fails if a ratio is not what it has to be."""
    upstream = HTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    env = {
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
        "TWILIO_API_KEY": "SK" + "2" * 32,
        "TWILIO_API_SECRET": "the secret shown once in the console",
        "GRANTMINT_BASE_URL": f"http://127.0.0.1:{upstream.server_port}",
    }
    rows = [
        (f"{name}, a constant / {route}", ratio)
        for name, (command, apps) in SERVERS.items()
        for route, ratio in measured(command, apps, env).items()
    ]
    for name, ratio in rows:
        print(f"{name:40} {ratio:6.2f}   >= {REQUIRED} {'' if ratio >= REQUIRED else 'MISSED'}")
    if "--json" in sys.argv:
        write(Path(sys.argv[sys.argv.index("--json") + 1]), rows)
    if any(ratio < REQUIRED for _, ratio in rows):
        sys.exit(1)


def write(file: Path, rows: list[tuple[str, float]]) -> None:
    """Writes what was found as the bench programs of all languages do."""
    kind = {"language": "Python", "case": "servers", "unit": "×", "at_least": REQUIRED}  # noqa: RUF001
    found = [{**kind, "name": name, "value": ratio} for name, ratio in rows]
    file.write_text(json.dumps(found, indent=2, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
