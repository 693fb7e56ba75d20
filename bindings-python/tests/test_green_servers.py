"""gunicorn with its workers for gevent and eventlet, whose requests are greenlets."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from servers import Server, flask_with_preload
from support import REPOSITORY, STREAMER
from test_servers import let_in

pytestmark = pytest.mark.newest

TESTS = Path(__file__).parent
REQUIREMENTS = TESTS.parent / "requirements-eventlet.txt"


@pytest.fixture(scope="module", params=["gevent", "eventlet"])
def kind(request):
    """The name of a worker class, with the variables that let gunicorn have it."""
    if request.param == "gevent":
        return request.param, {}
    return request.param, {"PYTHONPATH": str(older_gunicorn()), "PYTHONWARNINGS": "ignore"}


def older_gunicorn():
    """A directory with a gunicorn that has a worker for eventlet; made if needed."""
    home = REPOSITORY / "target" / "gunicorn-for-eventlet"
    stamp, wanted = home / "requirements.txt", REQUIREMENTS.read_text(encoding="utf-8")
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        shutil.rmtree(home, ignore_errors=True)
        options = ("--quiet", "--no-deps", "--target", home, "--requirement", REQUIREMENTS)
        subprocess.run([sys.executable, "-m", "pip", "install", *options], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return home


@pytest.mark.parametrize("options", [("--workers=1",), ("--workers=2", "--preload")])
def test_a_source_of_python_under_load(emulator, kind, options):
    name, env = kind
    command = ("gunicorn", *options, f"--worker-class={name}", f"--chdir={TESTS}")
    with Server(emulator, *command, "--bind=127.0.0.1:PORT", "green_app:app", **env) as server:
        start = time.monotonic()
        with ThreadPoolExecutor(30) as pool:
            paths = [f"token?streamer=VJ{number % 5:032x}" for number in range(60)]
            answers = list(pool.map(server.ask, paths))
        took = time.monotonic() - start
        assert all(answer["token"].startswith("eyJ") for answer in answers)
        assert took < 10, "greenlets hold each other up until their calls time out"


def test_flask_with_preload(emulator, kind):
    name, env = kind
    emulator.ask("faults", {"kind": "latency", "ms": 200})
    with Server(emulator, *flask_with_preload(2, 1, name), WARM_STREAMER=STREAMER, **env) as server:
        assert emulator.calls == 1
        let_in(server, emulator)
        assert emulator.calls == 1, "the workers start with their parent's grant"
        other = "VJ" + "2" * 32
        assert server.ask(f"live/{other}/token?identity=alice")["token"]
