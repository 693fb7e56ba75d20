"""What programs with gevent or eventlet do with grantmint.

    python green_programs.py gevent|eventlet at_first|late|after_use|never PROGRAM…

The second word says when threads and sockets are patched: before grantmint is imported, after that,
after its first use, or not at all.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import sys
import time
import warnings

from support import KEY, STREAMER

LIBRARY, PATCHED, *PROGRAMS = sys.argv[1:]
OTHER = "VJ" + "2" * 32

warnings.simplefilter("ignore")  # eventlet says that it is deprecated
if LIBRARY == "gevent":
    import gevent
    from gevent import monkey

    patch, sleep, spawn = monkey.patch_all, gevent.sleep, gevent.spawn
    Timeout, join_all = gevent.Timeout, gevent.joinall
else:
    import eventlet
    from eventlet import hubs

    patch, sleep, spawn = eventlet.monkey_patch, eventlet.sleep, eventlet.spawn
    Timeout = eventlet.Timeout

    def join_all(greenlets):
        for greenlet in greenlets:
            greenlet.wait()


if PATCHED == "at_first":
    patch()

import grantmint  # noqa: E402
import greenlet  # noqa: E402
from grantmint import GrantCache, GrantmintError, ManualClock, PlaybackMinter  # noqa: E402

_accounts = itertools.count()


def new_minter(source, **options):
    """A minter of an account of its own, so that no rate limit is met."""
    key = grantmint.ApiKey(f"AC{next(_accounts):032x}", *KEY[1:])
    return PlaybackMinter(key, source=source, **options)


class Source:
    """A source that counts, notes who runs it, and lets other greenlets go on."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds
        self.calls = 0
        self.hubs = []

    def __call__(self, streamer, **_):
        self.calls += 1
        self.hubs.append(this_hub())
        sleep(self.seconds)
        return {"grant": {"n": self.calls}}


def this_hub():
    """The hub of this native thread, if a greenlet of it runs here."""
    if LIBRARY == "gevent":
        hub = gevent._hub_local.get_hub_if_exists()
    else:
        hub = getattr(hubs._threadlocal, "hub", None)
        hub = hub and hub.greenlet
    return hub if hub is not None and greenlet.getcurrent() is not hub else None


class Pulse:
    """A greenlet that beats every few milliseconds, and notes for how long it was held up."""

    def __init__(self):
        self.longest, self._runs = 0.0, True
        self._greenlet = spawn(self._beat)
        sleep(0.02)
        self.longest = 0.0

    def _beat(self):
        last = time.monotonic()
        while self._runs:
            sleep(0.005)
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last), now

    def end(self):
        sleep(0.01)
        self._runs = False
        join_all([self._greenlet])
        return self.longest


def eventually(holds):
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        sleep(0.005)


def crowd(ask, count=20):
    """Many greenlets that ask at the same time: their answers, how long it took, and the pulse."""
    pulse, answers = Pulse(), []
    start = time.monotonic()
    join_all([spawn(lambda: answers.append(ask())) for _ in range(count)])
    took = time.monotonic() - start
    return answers, took, pulse.end()


def best_of(run, tries=5):
    """Whether one of some tries is as fast as it should be: the machine may be busy."""
    seen = []
    for number in range(tries):
        took, held_up = run(f"VJ{number:032x}")
        seen.append((took, held_up))
        if took < 0.5 and held_up < 0.05:
            return
    raise AssertionError(seen)


def one():
    """The least: one greenlet, one source."""
    source = Source(0.05)
    assert new_minter(source).token(STREAMER, "alice").jwt
    assert source.calls == 1


def crowd_with_source():
    def run(streamer):
        source = Source(0.2)
        minter = new_minter(source)
        answers, took, held_up = crowd(lambda: minter.token(streamer, "alice").jwt)
        assert (len(answers), source.calls) == (20, 1)
        return took, held_up

    best_of(run)


def crowd_with_client():
    key = grantmint.ApiKey(*KEY)

    def run(streamer):
        minter = PlaybackMinter(key, base_url=os.environ["BASE_URL"], isolated=True)
        answers, took, held_up = crowd(lambda: minter.token(streamer, "alice").jwt)
        assert (len(answers), minter.stats().fetches) == (20, 1)
        return took, held_up

    best_of(run)


def crowd_of_a_credential():
    def run(_):
        source = grantmint.oauth2(f"{os.environ['BASE_URL']}/oauth2/token", *KEY[1:])
        token = grantmint.Credential(source, isolated=True)
        answers, took, held_up = crowd(lambda: token.get(timeout=3).value)
        assert (len(answers), len(set(answers)), token.stats().fetches) == (20, 1, 1)
        return took, held_up

    best_of(run)


def crowd_of_ice_servers():
    def run(_):
        key = grantmint.ApiKey(*KEY)
        options = {"base_url": os.environ["BASE_URL"], "isolated": True}
        servers = grantmint.IceServers.twilio(key, **options)
        answers, took, held_up = crowd(lambda: servers.get("alice").to_json())
        assert (len(answers), servers.stats().fetches) == (20, 1)
        return took, held_up

    best_of(run)


def a_credential_times_out_and_is_killed():
    """The caller's own time, and a greenlet that is killed: the fetch goes on for others."""
    source = grantmint.oauth2(f"{os.environ['BASE_URL']}/oauth2/token", *KEY[1:])
    token = grantmint.Credential(source, isolated=True)
    start = time.monotonic()
    killed = spawn(token.get)
    try:
        token.get(timeout=0.05)
        raise AssertionError
    except grantmint.DeadlineError:
        assert time.monotonic() - start < 1
    killed.kill()
    assert token.get().freshness == "fresh"
    assert token.stats().fetches == 1


def forks_with_a_credential():
    """Fork while greenlets wait for a credential: the parent's and the children's all go on."""
    source = grantmint.oauth2(f"{os.environ['BASE_URL']}/oauth2/token", *KEY[1:])
    token, answers = grantmint.Credential(source, isolated=True), []
    waiting = [spawn(lambda: answers.append(token.get(timeout=10).freshness)) for _ in range(6)]
    sleep(0.05)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(10)
        join_all(waiting)
        os._exit(0 if answers == ["fresh"] * 6 else 1)
    join_all(waiting)
    assert answers == ["fresh"] * 6
    assert os.waitpid(child, 0)[1] == 0


def crowd_of_a_stream():
    def run(streamer):
        source = Source(0.2)
        stream = new_minter(source).stream(streamer)
        answers, took, held_up = crowd(lambda: stream.token("alice", timeout=3).jwt)
        assert (len(answers), source.calls) == (20, 1)
        return took, held_up

    best_of(run)


def crowd_of_a_cache():
    def run(cached):
        source, cache = Source(0.2), GrantCache()
        answers, took, held_up = crowd(lambda: cache.get(cached, source).grant)
        assert (len(answers), source.calls) == (20, 1)
        return took, held_up

    best_of(run)


def waiter():
    cache = GrantCache()
    begun = cache.begin("key")
    others = [cache.begin("key").waiter for _ in range(3)]
    grants, pulse = [], Pulse()
    waiting = [spawn(lambda one=one: grants.append(one.wait().grant)) for one in others]
    sleep(0.1)
    begun.ticket.start()
    begun.ticket.complete({"n": 1})
    join_all(waiting)
    assert grants == ['{"n":1}'] * 3
    pulse.end()
    late = cache.begin("other", timeout=0.1)
    try:
        late.waiter.wait()
    except grantmint.DeadlineError:
        return
    raise AssertionError


def without_a_caller():
    """Refreshes run as greenlets of the hub that asked, or on the native thread if not patched."""
    clock, source = ManualClock(1_800_000_000), Source(0.02)
    minter, cache = new_minter(source, clock=clock), GrantCache(clock=clock)
    minter.token(STREAMER, "alice")
    cache.get("key", source)
    main = this_hub()
    assert source.hubs[1:] == [main], "the caller's own greenlet runs the source"
    clock.advance(30)
    sets_off = [
        lambda: minter.token(STREAMER, "bob"),
        lambda: cache.get("key", source),
        lambda: cache.try_get("other", source),
        lambda: minter.prefetch(OTHER),
        lambda: (clock.advance(30), minter.try_token(STREAMER, "bob")),
        lambda: minter.keep_warm("VJ" + "3" * 32, 60),
    ]
    for number, set_off in enumerate(sets_off, 3):
        set_off()
        eventually(lambda number=number: source.calls == number)
        sleep(0.05)
        assert (source.hubs[-1] is main) is (PATCHED != "never"), number


def kept_warm():
    """A stream that is kept warm is refreshed in the hub, without a caller."""
    source = Source(0.01)
    minter = new_minter(source, grant_ttl=2)
    sleep(0)
    minter.keep_warm(STREAMER, 10)
    eventually(lambda: source.calls >= 3)
    assert set(source.hubs) == {this_hub()}


def ends():
    """What is thrown into a waiting greenlet ends its wait at once, and leaves nothing behind."""
    source, ended = Source(0.6), {}
    minter = new_minter(source)

    def wait(name):
        try:
            minter.token(STREAMER, name)
            ended[name] = "token"
        except BaseException as error:  # noqa: BLE001
            ended[name] = type(error).__name__

    def time_out(name, silent):
        start = time.monotonic()
        with Timeout(0.1, False if silent else None):
            minter.token(STREAMER, name)
        ended[name] = time.monotonic() - start < 0.5

    def raise_in_time(name):
        try:
            time_out(name, False)
        except Timeout:
            ended[name] = "Timeout"

    fetching = spawn(wait, "fetching")
    sleep(0.05)
    greenlets = [spawn(raise_in_time, "raises"), spawn(time_out, "silent", True)]
    killed = spawn(wait, "killed")
    sleep(0.15)
    killed.kill()
    join_all(greenlets)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    wait("interrupted")
    join_all([fetching])
    assert ended == {
        "fetching": "token",
        "raises": "Timeout",
        "silent": True,
        "killed": "GreenletExit",
        "interrupted": "KeyboardInterrupt",
    }, ended
    assert not grantmint._green._kept.port._waiting
    assert source.calls == 1


def killed_in_its_source():
    """A greenlet that is ended while it runs the source hands that on to another."""
    source, ended = Source(0.3), []
    minter = new_minter(source)

    def first():
        try:
            with Timeout(0.1):
                minter.token(STREAMER, "alice")
        except Timeout:
            ended.append("timeout")

    def second():
        ended.append(bool(minter.token(STREAMER, "bob")))

    greenlets = [spawn(first)]
    sleep(0.02)
    join_all([*greenlets, spawn(second)])
    assert (ended, source.calls) == (["timeout", True], 2)


def times_out():
    """The caller's own timeout, while upstream never answers and no other greenlet runs."""
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen(5)
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    minter = new_minter(None, base_url=url)
    start = time.monotonic()
    try:
        minter.token(STREAMER, "alice", timeout=0.3)
    except grantmint.DeadlineError:
        assert 0.25 < time.monotonic() - start < 2
        return
    raise AssertionError


def raises():
    """The greenlet that ran the source has its exception as the cause; nothing ends the hub."""

    def fetch(streamer, **_):
        sleep(0.05)
        raise (SystemExit if streamer == OTHER else LookupError)("hush")

    minter, errors = new_minter(fetch), []

    def ask():
        try:
            minter.token(STREAMER, "alice")
        except GrantmintError as error:
            errors.append(error)

    join_all([spawn(ask) for _ in range(5)])
    assert {error.code for error in errors} == {"source_failed"}
    assert sum(isinstance(error.__cause__, LookupError) for error in errors) == 1
    minter.prefetch(OTHER)
    sleep(0.2)
    assert new_minter(Source()).token(STREAMER, "alice").jwt


def beside_threads():
    """Native threads and greenlets share a stream, whichever of them fetches."""
    source = Source(0.2)
    minter, done = new_minter(source), []

    def ask():
        done.append(bool(minter.token(STREAMER, "alice")))

    if LIBRARY == "gevent":
        pool = gevent.get_hub().threadpool

        def on_thread():
            return spawn(pool.spawn(ask).get)
    else:
        from eventlet import tpool

        def on_thread():
            return spawn(tpool.execute, ask)

    join_all([spawn(ask) for _ in range(5)] + [on_thread() for _ in range(5)])
    assert (len(done), source.calls) == (10, 1)
    minter.invalidate(STREAMER)
    threads = [on_thread() for _ in range(5)]
    sleep(0.02)
    join_all(threads + [spawn(ask) for _ in range(5)])
    assert (len(done), source.calls) == (20, 2)


def hubs_of_threads():
    """Native threads with hubs of their own come and go; nothing stays open.

    Not with eventlet, which leaves the epoll of each thread's hub open by itself.
    """
    cache, done = GrantCache(), []

    def thread(number):
        try:
            join_all([spawn(cache.get, f"key-{number}", Source(0.001)) for _ in range(3)])
            done.append(number)
        finally:
            gevent.get_hub().destroy(destroy_loop=True)

    start = monkey.get_original("_thread", "start_new_thread")

    def run(numbers):
        for number in numbers:
            start(thread, (number,))
            eventually(lambda number=number: number in done)

    run(range(10))
    sleep(0.2)
    before = len(os.listdir("/proc/self/fd"))
    run(range(10, 60))
    eventually(lambda: len(os.listdir("/proc/self/fd")) <= before)


def forks():
    """Fork while greenlets wait: the parent's and the children's all go on."""
    source, answers = Source(0.3), []
    minter = new_minter(source)

    def ask(streamer, into):
        into.append(bool(minter.token(streamer, "alice")))

    waiting = [spawn(ask, STREAMER, answers) for _ in range(6)]
    sleep(0.1)
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(10)
            own = []
            join_all([spawn(ask, OTHER, own) for _ in range(5)] + waiting)
            os._exit(0 if (len(own), len(answers)) == (5, 6) else 1)
        children.append(child)
    join_all(waiting)
    for _ in range(3):
        minter.invalidate(STREAMER)
        join_all([spawn(ask, STREAMER, answers) for _ in range(4)])
    assert len(answers) == 18
    ended = {}
    while len(ended) < 3:
        for child in children:
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                ended[child] = status
        sleep(0.01)
    assert set(ended.values()) == {0}


def called_by_the_hub():
    """A call that has to wait cannot be made by the hub: a clear error, no deadlock."""
    minter, seen = new_minter(Source(0.01)), []
    minter.token(STREAMER, "alice")

    def call():
        seen.append(minter.try_token(STREAMER, "bob")[:3])
        seen.append(minter.token(STREAMER, "bob").jwt[:3])
        try:
            minter.token(OTHER, "bob")
        except GrantmintError as error:
            seen.append(error.code)

    if LIBRARY == "gevent":
        gevent.get_hub().loop.run_callback(call)
    else:
        hubs.get_hub().schedule_call_global(0, call)
    sleep(0.05)
    assert seen == ["eyJ", "eyJ", "unsupported"]


def with_asyncio():
    """A loop of asyncio in one greenlet shares a stream with the others."""
    import asyncio

    source, answers = Source(0.2), []
    minter = new_minter(source)
    greenlets = [spawn(lambda: answers.append(minter.token(STREAMER, "alice"))) for _ in range(5)]

    async def tasks():
        return await asyncio.gather(*[minter.token_async(STREAMER, "bob") for _ in range(5)])

    assert len(asyncio.run(tasks())) == 5
    join_all(greenlets)
    assert (len(answers), source.calls) == (5, 1)


def many_rounds():
    """Thousands of waits leave no descriptor and no memory behind."""
    minter = new_minter(Source(0.01), policy={"max_keys": 10})

    def run(rounds):
        for _ in range(rounds):
            minter.invalidate(STREAMER)
            join_all([spawn(minter.token, STREAMER, "alice") for _ in range(300)])
            sleep(0.1)  # the account's rate limit
        with open("/proc/self/status") as status:
            (rss,) = [int(line.split()[1]) for line in status if line.startswith("VmRSS")]
        return len(os.listdir("/proc/self/fd")), rss

    files, memory = run(3)
    files_after, memory_after = run(12)
    assert files_after == files
    assert memory_after < memory + 2_000, (memory, memory_after)


def ends_while_others_wait():
    """The main greenlet ends; those that wait, and what runs in the background, do not keep it."""
    clock = ManualClock(1_800_000_000)
    minter = new_minter(Source(5), clock=clock, timeout=20)
    for _ in range(5):
        spawn(minter.token, STREAMER, "alice")
    minter.prefetch(OTHER)
    sleep(0.05)
    sys.exit(7)


def waits_for_all():
    """gevent.wait() returns although a port is there: nobody waits through it."""
    spawn(new_minter(Source(0.05)).token, STREAMER, "alice")
    assert gevent.wait(timeout=5) is True


if PATCHED == "after_use":
    used = new_minter(lambda *_, **__: {"grant": {}})
    used.token(STREAMER, "alice")
    used.prefetch(OTHER)  # starts the background thread
if PATCHED in ("late", "after_use"):
    patch()
sleep(0)  # makes the hub: gevent does not bear that two threads make their first at the same time
for program in PROGRAMS:
    print(program, flush=True)
    globals()[program]()
