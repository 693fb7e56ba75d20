"""Waits for tokens and grants on event loops.

The library's threads never call the interpreter. Each loop has a port and watches its socket. A
thread that has a result for a task leaves it in the port, and writes a byte to the socket. Loops
that cannot watch sockets (the Proactor loop of Windows) look into the port every few milliseconds
instead, while a task waits and for a second more.

Importing this does not import asyncio, which takes its time: whoever runs a loop has it.
"""

from __future__ import annotations

import contextvars
import functools
import sys
import weakref
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from grantmint import _background, _sources
from grantmint._native import LoopPort, PlaybackToken
from grantmint.errors import GrantmintError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine

    from grantmint._native import Job, Pending, TokenCall

_Came_co = TypeVar("_Came_co", covariant=True)

_LOOK_EVERY = 0.005
_LOOK_FOR = 1.0
_LOOK_AGAIN = 1.0

#: The port of each loop, by the loop's id. Only the loop keeps its port. When the loop is closed or
#: collected, the port goes too, with its sockets and with what the loop has not done.
_ports: weakref.WeakValueDictionary[int, Port] = weakref.WeakValueDictionary()
#: Tasks that run sources on loops without a port.
_portless: set[asyncio.Future[Any]] = set()


class Port:
    """Wakes the tasks of one event loop, and runs the sources that were given to it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Makes a port, and has the loop watch it."""
        self.native = LoopPort()
        self._loop = weakref.ref(loop)
        self._rung: dict[int, asyncio.Future[None]] = {}
        #: Tasks that run sources. They are kept here: a loop has only weak references to its tasks.
        self._running: set[asyncio.Future[Any]] = set()
        self._looks = False
        self._looks_until = 0.0
        self._watched = False
        fileno = self.native.fileno()
        if fileno is not None:
            try:
                # In a context of its own: the loop would keep that of the first caller for ever.
                contextvars.Context().run(loop.add_reader, fileno, self._deliver)
            except NotImplementedError:
                return
            self._watched = True

    def serves(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether this is the loop's port. A new loop may have the id of one that is gone."""
        return self._loop() is loop

    async def rung(self, number: int, within: float | None = None) -> None:
        """Waits until the call of this number is notified, or for so many seconds."""
        loop = running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._rung[number] = future
        self.look_on(loop)
        # Not asyncio.wait_for: before Python 3.12 it sometimes loses a cancellation.
        timer = None if within is None else loop.call_later(within, _ring, future)
        try:
            await future
        finally:
            self._rung.pop(number, None)
            if timer is not None:
                timer.cancel()

    def keep(self, running: asyncio.Future[Any]) -> None:
        """Keeps a task until it is done."""
        self._running.add(running)
        # Neither callback refers to the port: the task must not keep it.
        running.add_done_callback(self._running.discard)
        running.add_done_callback(_forgive)
        self.look_on(running.get_loop())

    def look_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Has a loop that cannot watch the socket look into the port, which also keeps the port."""
        if self._watched:
            return
        self._looks_until = loop.time() + _LOOK_FOR
        if not self._looks:
            self._looks = True
            loop.call_later(_LOOK_EVERY, self._look, loop, context=contextvars.Context())

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._deliver()
        self._looks = bool(self._rung or self._running) or loop.time() < self._looks_until
        if self._looks:
            loop.call_later(_LOOK_EVERY, self._look, loop)

    def _deliver(self) -> None:
        calls, jobs = self.native.drain()
        for number in calls:
            future = self._rung.get(number)
            if future is not None:
                _ring(future)
        for job in jobs:
            _sources.context_of(job).run(fetch, job)


def _forgive(running: asyncio.Future[Any]) -> None:
    """Keeps the loop from logging an exception: the waiters are told it."""
    if not running.cancelled():
        running.exception()


def _ring(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def running_loop() -> asyncio.AbstractEventLoop:
    """The loop that runs on this thread.

    Raises:
        GrantmintError: unsupported, if none does: also under trio, whose tasks have no such loop.
    """
    loop = _loop_or_none()
    if loop is None:
        msg = (
            "this needs a running event loop of asyncio, and none runs on this thread: call "
            "token() or get(), or under trio await trio.to_thread.run_sync(minter.token, ...)"
        )
        raise GrantmintError(msg, code="unsupported")
    return loop


def _loop_or_none() -> asyncio.AbstractEventLoop | None:
    get = getattr(sys.modules.get("asyncio"), "_get_running_loop", None)
    return None if get is None else get()


def port_of_loop() -> Port:
    """The port of the loop that runs on this thread.

    Raises:
        GrantmintError: As `running_loop`; overloaded, if the process has no descriptor left for it.
    """
    loop = running_loop()
    port = _ports.get(id(loop))
    if port is None or not port.serves(loop):
        port = _ports[id(loop)] = _new_port(loop)
    port.look_on(loop)
    return port


def _new_port(loop: asyncio.AbstractEventLoop) -> Port:
    try:
        return Port(loop)
    except OSError as error:
        msg = "the process has no file descriptor left for the event loop to wait with"
        raise GrantmintError(msg, code="overloaded") from error


def port_of_running_loop() -> LoopPort | None:
    """The native port of the loop that runs on this thread; None if none does or can be."""
    if _loop_or_none() is None:
        return None
    try:
        return port_of_loop().native
    except GrantmintError:
        return None


async def awaited(job: Job, call: _sources.Call) -> None:
    """Runs a coroutine function."""
    fetch = job.fetch
    if fetch is None:
        job.abandon()
        return
    try:
        timeout = job.start()
        if timeout is None:
            return
        asked = fetch(job.streamer, ttl=job.ttl, origin=job.origin, timeout=timeout)
        # No local has the answer: this frame stays in the traceback of what complete raises.
        _sources.complete(job, await asked)
    except Exception as error:  # noqa: BLE001
        call.error = error
        _sources.fail(job, error)
    except BaseException:
        job.abandon()
        raise


def fetch(job: Job) -> _sources.Call:
    """Starts a source in a copy of this context: as a task, or on a background thread."""
    call = _sources.Call()
    if job.is_coroutine:
        start_task(awaited, job, call)
    elif not run_in_background(_sources.run, job, call):
        job.refuse()
    return call


def has_loop() -> bool:
    """Whether a loop runs on this thread."""
    return _loop_or_none() is not None


def start_task(function: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
    """Runs a coroutine function as a task of its own, on the loop that runs now."""
    task = running_loop().create_task(function(*arguments))
    try:
        port_of_loop().keep(task)
    except GrantmintError:
        # The process has no descriptor left, but the task needs none of ours.
        _portless.add(task)
        task.add_done_callback(_portless.discard)
        task.add_done_callback(_forgive)


def run_in_background(function: Callable[..., object], *arguments: Any) -> bool:
    """Has a plain function run on a background thread, in a copy of this context.

    Not on the loop's executor: all its threads may wait for what the function brings.

    Returns:
        Whether there is a thread to run it.
    """
    context = contextvars.copy_context()
    return _background.run(functools.partial(context.run, function, *arguments))


async def token(
    begin: Callable[..., TokenCall],
    without_port: Callable[..., PlaybackToken],
    *arguments: Any,
) -> PlaybackToken:
    """Waits for a token. Cancelling the task ends the wait, never the fetch."""
    try:
        port = port_of_loop()
    except GrantmintError as error:
        if error.code != "overloaded":
            raise
        return without_port(*arguments)
    call = begin(port.native, *arguments)
    ran: _sources.Call | None = None
    try:
        while True:
            news = call.step()
            if isinstance(news, PlaybackToken):
                return news
            if news is None:
                # The library watches the caller's time, unless it could start no thread for that.
                await port.rung(call.number, within=_LOOK_AGAIN)
            else:
                ran = fetch(news)
    except GrantmintError as error:
        if ran is not None and ran.error is not None and error.code == "source_failed":
            raise error from ran.error
        raise
    finally:
        call.close()


class _Awaited(Protocol[_Came_co]):
    """What comes later, and can be looked for now."""

    def _poll(self, port: LoopPort, number: int) -> _Came_co | None: ...


async def waited(awaited: _Awaited[_Came_co], look_again: float = 0.05) -> _Came_co:
    """Waits for a grant of a cache, or for a credential.

    Where no thread of the library watches the caller's time, it is looked at every look_again.
    """
    port = port_of_loop()
    number = port.native.next_number()
    while True:
        came = awaited._poll(port.native, number)
        if came is not None:
            return came
        await port.rung(number, within=look_again)


async def issued(pending: Pending, without_port: Callable[[], _Came_co | None]) -> _Came_co:
    """Waits for a credential. Cancelling the task ends the wait, never the fetch.

    If the process has no descriptor left for the loop, there is what the cache has.
    """
    try:
        return await waited(pending, _LOOK_AGAIN)
    except GrantmintError as error:
        there = None if error.code != "overloaded" else without_port()
        if there is None:
            raise
        return there
    finally:
        pending.close()


def after_fork() -> None:
    """Forgets the parent's ports: a child makes loops of its own."""
    global _ports
    _ports = weakref.WeakValueDictionary()
