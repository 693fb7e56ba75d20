"""Programs that serve the examples."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from support import KEY, REPOSITORY, STREAMER

EXAMPLES = REPOSITORY / "bindings-python" / "examples"
#: uvicorn ends itself by the signal that it was sent.
ENDED_AS_ASKED = (0, -signal.SIGTERM)
VARIABLES = ("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET")


class Server:
    """A program that serves HTTP."""

    def __init__(self, emulator, *command, **env):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        command = [part.replace("PORT", str(self.port)) for part in command]
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=EXAMPLES,
            env={
                **os.environ,
                **dict(zip(VARIABLES, KEY, strict=True)),
                "GRANTMINT_BASE_URL": emulator.base_url,
                **env,
            },
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self.eventually(lambda: self.ask("stats"))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self._process.terminate()
        status = self._process.wait(20)
        self._log.seek(0)
        log = self._log.read()
        self._log.close()
        print(log)
        if kind is None:
            assert status in ENDED_AS_ASKED, "the server ends when it is asked to"
            assert KEY[2] not in log
            assert "eyJ" not in log, "no token is logged"

    def ask(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=20) as answer:
            return json.load(answer)

    def eventually(self, run):
        end = time.monotonic() + 30
        while True:
            try:
                return run()
            except (OSError, AssertionError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def workers(self, count):
        """The processes that answer, once so many do."""
        found = set()

        def all_have_answered():
            found.add(self.ask("stats")["pid"])
            assert len(found) >= count

        self.eventually(all_have_answered)
        return found


class Client(threading.Thread):
    """A viewer who comes again and again, on a connection of their own each time."""

    #: Between two requests: eight of them ask some 300 times a second.
    PAUSE = 0.02

    def __init__(self, port, number, stop):
        super().__init__()
        self._port, self._number, self._ended = port, number, stop
        self.tokens: list[str] = []
        self.failures: list[tuple[float, str]] = []

    def run(self):
        while not self._ended.wait(Client.PAUSE):
            try:
                self.tokens.append(self._ask())
            except (OSError, http.client.HTTPException, AssertionError) as error:
                self.failures.append((time.monotonic(), repr(error)))

    def _ask(self):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            name = f"viewer-{self._number}-{len(self.tokens)}"
            connection.request("GET", f"/live/{STREAMER}/token?identity={name}")
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, (answer.status, body)
            return json.loads(body)["token"]
        finally:
            connection.close()


def flask_with_preload(workers, threads, kind):
    """The command that serves the Flask example as its docstring says."""
    return (
        "gunicorn",
        "--preload",
        f"--workers={workers}",
        f"--threads={threads}",
        f"--worker-class={kind}",
        "--bind=127.0.0.1:PORT",
        "--access-logfile=-",
        "flask_server:app",
    )
