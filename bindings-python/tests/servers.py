"""Programs that serve the examples."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from support import KEY, REPOSITORY

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
