"""The package's console script, and ``python -m grantmint``: one program, that of core."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from grantmint import ApiKey, __version__, verify
from support import KEY

SCRIPT = Path(sys.executable).with_name("grantmint")
MODULE = (sys.executable, "-m", "grantmint")
ENVIRONMENT = {
    **os.environ,
    **dict(zip(("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET"), KEY, strict=True)),
}


def run(*args: str, program=(str(SCRIPT),), **options):
    return subprocess.run(
        [*program, *args], env=ENVIRONMENT, capture_output=True, text=True, check=False, **options
    )


@pytest.mark.parametrize("program", [(str(SCRIPT),), MODULE])
def test_a_token_stands_alone_on_stdout(program, key: ApiKey):
    ran = run("token:video", "--identity", "alice", "--room-name", "Daily", program=program)
    assert (ran.returncode, ran.stderr) == (0, "")
    (jwt,) = ran.stdout.splitlines()
    content = verify(jwt, key)
    assert (content.identity, content.grants["video"]) == ("alice", {"room": "Daily"})


def test_the_version_is_that_of_the_package():
    assert run("--version").stdout == f"grantmint {__version__}\n"


def test_a_fault_is_one_line_and_an_exit_code():
    ran = run("token", "video", "--identity", "")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert "identity" in ran.stderr
    ran = run("token", "video", "--api-secret", "hunter2")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "hunter2" not in ran.stderr


def test_stdin_is_that_of_the_process():
    args = ("token", "chat", "--chat-service-sid", "IS" + "1" * 32, "--identities", "-")
    ran = run(*args, input="a\nb\n")
    assert (ran.returncode, ran.stdout.count("\n")) == (0, 2)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix's")
def test_ctrl_c_ends_the_command_with_its_line_done():
    args = [SCRIPT, "token", "video", "--identity", "a{n}", "--count", "100000000"]
    with subprocess.Popen(
        args, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert "--from-line" in process.stderr.read()
    assert process.returncode == 130
    assert rest.endswith("\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix's")
def test_ctrl_c_is_pythons_again_after_a_command():
    program = """
import signal
from grantmint.__main__ import _command_line
before = signal.getsignal(signal.SIGINT)
assert _command_line(["grantmint", "--version"]) == 0
assert signal.getsignal(signal.SIGINT) is before
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "interrupted"
