"""Forks, other processes, signals, interpreters and imports."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import grantmint
import pytest
from grantmint import PlaybackMinter, TokenMinter, verify
from support import STREAMER, a_worker

# Python warns of any fork of a process with threads, and ours is one on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def fork(run):
    """Runs a function in a forked child, which ends well if that returns in time."""
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        status = 1
        try:
            run()
            status = 0
        except BaseException as error:  # noqa: BLE001
            os.write(2, f"in the child: {error!r}\n".encode())
        finally:
            os._exit(status)
    return child


def ended_well(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def in_child(run):
    return ended_well(fork(run))


def python(code, *options, timeout=60, env=None, cwd=None):
    return subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(code)],
        capture_output=True,
        check=False,
        text=True,
        timeout=timeout,
        env={**os.environ, **(env or {})},
        cwd=cwd,
    )


def test_a_child_starts_warm_and_goes_its_own_way(emulator, key):
    minter = PlaybackMinter(key, base_url=emulator.base_url)
    rooms = TokenMinter(key, unique=True)
    minter.token(STREAMER, "alice")
    seen = rooms.mint("alice")

    def child():
        assert minter.try_token(STREAMER, "bob")
        assert asyncio.run(minter.token_async(STREAMER, "carol")).jwt
        assert minter.token("VJ" + "2" * 32, "dave").jwt
        assert rooms.mint("alice") != seen
        assert in_child(lambda: minter.token("VJ" + "3" * 32, "erin"))

    assert in_child(child)
    assert in_child(child)
    assert minter.token(STREAMER, "alice").jwt
    assert emulator.calls == 5


def test_forks_while_everybody_is_busy(key):
    stop = threading.Event()

    def short_lived(streamer, **_):
        return {"grant": {}}

    minter = PlaybackMinter(key, source=short_lived, grant_ttl=4, policy={"soft_point": 4})

    async def tasks():
        while not stop.is_set():
            await asyncio.gather(*[minter.token_async(STREAMER, "task") for _ in range(20)])
            await asyncio.sleep(0.001)

    def ask():
        while not stop.is_set():
            minter.token(STREAMER, "thread")
            time.sleep(0.0001)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    threads.append(threading.Thread(target=asyncio.run, args=(tasks(),)))
    for thread in threads:
        thread.start()

    def child():
        for number in range(3):
            streamer = f"VJ{number:032x}"
            assert minter.token(streamer, "child").jwt
            assert asyncio.run(minter.token_async(streamer, "child")).jwt
        before = minter.token(streamer, "child").generation
        end = time.monotonic() + 10
        while minter.token(streamer, "child").generation == before:
            assert time.monotonic() < end
            time.sleep(0.005)

    try:
        children = []
        for _ in range(8):
            children.append(fork(child))
            time.sleep(0.2)
        assert [ended_well(one) for one in children] == [True] * 8
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(emulator, key, method):
    warm = PlaybackMinter(key, base_url=emulator.base_url)
    warm.token(STREAMER, "alice")
    with multiprocessing.get_context(method).Pool(2) as pool:
        answers = pool.map(a_worker, [emulator.base_url] * 4)
    for token, error in answers:
        assert verify(token.jwt, key).identity == "alice"
        assert (type(error), error.code) == (grantmint.InvalidArgumentError, "invalid_sid")
    assert emulator.calls == 1 if method == "fork" else emulator.calls <= 5


INTERRUPTED = """
    import os, signal, threading, time, grantmint
    # Whoever runs the tests in the background has it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    key = grantmint.ApiKey("AC" + "0" * 32, "SK" + "0" * 32, "s")
    policy = {"fetch_timeout": 30}
    cache = grantmint.GrantCache(policy=policy)
    fetcher = cache.begin("key")
    minter = grantmint.PlaybackMinter(key, base_url=BASE, policy=policy)

    def interrupt(user, waits):
        while user.stats().waits < waits:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, args=ARGUMENTS).start()
    try:
        WAIT
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.parametrize(
    ("arguments", "wait"),
    [
        ("(cache, 2)", 'cache.get("key", lambda *_, **__: None, timeout=30)'),
        ("(minter, 1)", 'minter.token("VJ" + "0" * 32, "a", timeout=30)'),
        ("(minter, 1)", 'minter.stream("VJ" + "0" * 32).token("a", timeout=30)'),
    ],
)
def test_ctrl_c_ends_a_wait(arguments, wait):
    """The wait itself would end in an error, half a minute later."""
    with Silent() as silent:
        code = INTERRUPTED.replace("BASE", repr(silent.base_url))
        ended = python(code.replace("ARGUMENTS", arguments).replace("WAIT", wait))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "interrupted\n", "")


class Silent:
    """A server that takes connections and says nothing."""

    def __enter__(self):
        import socket

        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        return self

    def __exit__(self, *_):
        self._socket.close()


def test_the_interpreter_ends_in_order():
    code = """
        import threading, time, grantmint
        key = grantmint.ApiKey("AC" + "0" * 32, "SK" + "0" * 32, "s")
        clock = grantmint.ManualClock(1_700_000_000)
        minter = grantmint.PlaybackMinter(
            key, source=lambda *_, **__: {"grant": {}}, clock=clock)
        minter.token("VJ" + "0" * 32, "alice")
        clock.advance(30)
        minter.token("VJ" + "0" * 32, "alice")
        assert "grantmint-source" in [t.name for t in threading.enumerate()]
        def late():
            while True:
                try:
                    minter.token("VJ" + "0" * 32, "bob")
                except grantmint.GrantmintError:
                    pass
                clock.advance(1)
        threading.Thread(target=late, daemon=True).start()
        time.sleep(0.05)
    """
    for _ in range(10):
        ended = python(code, "-W", "error")
        assert (ended.returncode, ended.stderr) == (0, "")


def test_who_runs_a_source_while_the_interpreter_ends_does_not_abort_the_process():
    """CPython ends a daemon thread that wants to go on, below a call of the library."""
    code = """
        import threading, time, grantmint
        key = grantmint.ApiKey("AC" + "0" * 32, "SK" + "0" * 32, "s")
        runs = threading.Event()
        def source(*_, **__):
            runs.set()
            while True:
                pass
        minter = grantmint.PlaybackMinter(key, source=source)
        asked = ("VJ" + "0" * 32, "alice")
        threading.Thread(target=minter.token, args=asked, daemon=True).start()
        runs.wait()
        class LetsOthersRun:
            def __del__(self, sleep=time.sleep):
                sleep(0.05)
        last = LetsOthersRun()
    """
    for _ in range(5):
        ended = python(code)
        assert (ended.returncode, ended.stderr) == (0, "")


def test_a_sub_interpreter_is_refused_cleanly():
    code = """
        import sys, grantmint
        try:
            import _interpreters as interpreters
        except ImportError:
            import _xxsubinterpreters as interpreters
        for config in ({}, {"isolated": False}):
            try:
                number = interpreters.create("legacy" if config else "isolated")
            except TypeError:
                number = interpreters.create(**config)
            script = '''
        try:
            import grantmint
        except ImportError as error:
            print("refused", flush=True)
        else:
            print("imported", flush=True)
        '''
            import textwrap
            run = getattr(interpreters, "exec", None) or interpreters.run_string
            failure = run(number, textwrap.dedent(script))
            assert not failure, failure
            interpreters.destroy(number)
        print(grantmint.decode, "still works")
    """
    ended = python(code)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[:2] == ["refused", "refused"]


def test_a_second_copy_warns(tmp_path):
    source = Path(grantmint.__file__).parent
    shutil.copytree(source, tmp_path / "grantmint")
    code = """
        import sys, warnings, grantmint
        first = {name: sys.modules.pop(name) for name in list(sys.modules) if "grantmint" in name}
        sys.path.insert(0, COPY)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            import grantmint
        print(*[f"{w.category.__name__}: {w.message}" for w in caught])
        other, names = first["grantmint"], ("AC" + "0" * 32, "SK" + "0" * 32, "s")
        key = grantmint.ApiKey(*names)
        for make in (
            lambda: grantmint.TokenMinter(other.ApiKey(*names)),
            lambda: grantmint.TokenMinter(key, grants=[other.ChatGrant()]),
            lambda: grantmint.PlaybackMinter(key, cache=other.GrantCache()),
        ):
            try:
                make()
            except TypeError as error:
                print(error)
    """
    ended = python(code.replace("COPY", repr(str(tmp_path))))
    assert ended.returncode == 0, ended.stderr
    assert "must be an ApiKey, not the ApiKey of another copy of grantmint" in ended.stdout
    assert ", not the ChatGrant of another copy of grantmint" in ended.stdout
    assert "must be a GrantCache, not the GrantCache of another copy" in ended.stdout
    assert "RuntimeWarning: grantmint is loaded from" in ended.stdout
    assert str(tmp_path) in ended.stdout


FORKED_AT_FIRST_USE = """
    import os, random, signal, threading, time, grantmint
    key = grantmint.ApiKey("AC" + "0" * 32, "SK" + "0" * 32, "s")
    fetch = lambda *_, **__: {"grant": {"n": 1}}
    minter = MINTER

    def use(name):
        USE

    thread = threading.Thread(target=use, args=("1",))
    thread.start()
    time.sleep(random.random() * 0.005)
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        use("2")
        os._exit(0)
    thread.join()
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.parametrize(
    ("minter", "use"),
    [
        (
            "grantmint.PlaybackMinter(key, source=fetch)",
            'minter.token("VJ" + name * 32, "a")',
        ),
        ("grantmint.GrantCache()", "minter.get(name, fetch)"),
    ],
)
def test_a_fork_at_the_first_use(minter, use):
    code = FORKED_AT_FIRST_USE.replace("MINTER", minter).replace("USE", use)
    for _ in range(10):
        ended = python(code, "-W", "ignore")
        assert ended.returncode == 0, ended.stderr


def test_the_first_use_imports_nothing():
    code = """
        import sys, grantmint
        before = set(sys.modules)
        key = grantmint.ApiKey("AC" + "0" * 32, "SK" + "0" * 32, "s")
        fetch = lambda *_, **__: {"grant": {"n": 1}}
        async def fetch_async(streamer, **_):
            return fetch()
        minter = grantmint.PlaybackMinter(key, source=fetch)
        minter.token("VJ" + "0" * 32, "alice")
        minter.prefetch("VJ" + "1" * 32)
        grantmint.PlaybackMinter(key, source=fetch_async).try_token
        grantmint.GrantCache().get("key", fetch)
        client = grantmint.PlaybackMinter(key, base_url="http://127.0.0.1:1")
        for call in (lambda: client.token("VJ" + "0" * 32, "bob"), lambda: grantmint.decode("x")):
            try:
                call()
            except grantmint.GrantmintError as error:
                str(error)
        room = grantmint.TokenMinter(key, grants=[grantmint.VideoGrant(room="r")]).mint("alice")
        grantmint.verify(room, key).grants
        print(sorted(set(sys.modules) - before))
    """
    ended = python(code, "-I")
    assert ended.stdout == "[]\n", ended.stderr


def test_importing_is_light():
    code = """
        import sys
        before = set(sys.modules)
        import grantmint
        heavy = {"asyncio", "dataclasses", "concurrent.futures", "inspect", "gevent", "eventlet"}
        print(sorted(heavy & set(sys.modules) - before))
    """
    assert python(code, "-I").stdout == "[]\n"


FORKED_ON_A_THREAD_OF_THE_LIBRARY = """
    import os, select, sys, grantmint
    key = grantmint.ApiKey("AC" + "0" * 32, "SK" + "0" * 32, "s")
    open_in_child, held_by_child = os.pipe()
    ended, end = os.pipe()

    def fetch(streamer, **_):
        child = os.fork()
        if child == 0:
            os.close(end)
        else:
            os.close(held_by_child)
            os.write(end, str(child).encode())
        return {"grant": {"n": 1}}

    live = grantmint.PlaybackMinter(key, source=fetch)
    live.prefetch("VJ" + "0" * 31 + "1")
    child = int(os.read(ended, 32))
    # The pipe ends when the child does, whose only thread is the one that forked.
    assert select.select([open_in_child], [], [], 20)[0], "the child serves on"
    assert os.read(open_in_child, 1) == b""
    assert os.waitpid(child, 0)[1] == 0
    assert live.token("VJ" + "0" * 31 + "1", "alice", timeout=5).freshness == "fresh"
"""


def test_a_thread_of_the_library_that_was_forked_ends_in_the_child():
    ended = python(FORKED_ON_A_THREAD_OF_THE_LIBRARY, "-W", "ignore")
    assert (ended.returncode, ended.stderr) == (0, "")


FORKED_WHILE_IT_WAITS = """
    import os, signal, socket, sys, time, grantmint
    deaf = socket.socket()
    deaf.bind(("127.0.0.1", 0))
    deaf.listen(64)  # and never answers
    key = grantmint.ApiKey("AC" + "0" * 32, "SK" + "0" * 32, "s")
    children, forked = [], []

    def fork(*_):
        forked.append(True)
        child = os.fork()
        if child:
            children.append(child)
        return child == 0

    def fetch(streamer, **_):
        if not forked and not fork():
            time.sleep(0.2)
        return {"grant": {"n": 1}}

    url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
    if sys.argv[1] == "in a handler":
        live = grantmint.PlaybackMinter(key, base_url=url, isolated=True)
        signal.signal(signal.SIGALRM, fork)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        wanted = "deadline_exceeded"
    else:
        live = grantmint.PlaybackMinter(key, source=fetch)
        wanted = "served"
    start = time.monotonic()
    try:
        live.token("VJ" + "0" * 31 + "1", "alice", timeout=2)
        told = "served"
    except grantmint.GrantmintError as error:
        told = error.code
    assert told == wanted, told
    assert time.monotonic() - start < 4
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.parametrize("where", ["in a handler", "in the source"])
def test_a_fork_while_a_thread_waits_for_a_token(where):
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(FORKED_WHILE_IT_WAITS), where],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
