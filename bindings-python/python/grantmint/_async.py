"""Waiting on event loops.

The library's threads never call the interpreter. Each loop watches one socket; what a thread has
for a task it leaves in the loop's port, and a byte in the socket. Loops that cannot watch sockets
(the Proactor loop of Windows) look every few milliseconds instead, while anything is waited for and
for a second more.
"""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING, Any

from grantmint import _sources
from grantmint._native import LoopPort, PlaybackToken
from grantmint.errors import GrantmintError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from grantmint._native import Hit, Job, TokenCall, Waiter

_LOOK_EVERY = 0.005
_LOOK_FOR = 1.0

#: The port of each loop, by the loop's id. Loops alone hold ports, so that one that is closed, or
#: that nobody has any more, takes with it its sockets and whatever it has left undone.
_ports: weakref.WeakValueDictionary[int, Port] = weakref.WeakValueDictionary()


class Port:
    """What one event loop waits for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Has the loop watch a new port."""
        self.native = LoopPort()
        self._loop = weakref.ref(loop)
        self._rung: dict[int, asyncio.Future[None]] = {}
        #: Tasks that run sources: a loop keeps weak references only.
        self._running: set[asyncio.Future[Any]] = set()
        self._looks = False
        self._looks_until = 0.0
        self._watched = False
        fileno = self.native.fileno()
        if fileno is not None:
            try:
                loop.add_reader(fileno, self._deliver)
            except NotImplementedError:
                return
            self._watched = True

    def serves(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether this is a loop's port: the id of one that is gone may come again."""
        return self._loop() is loop

    async def rung(self, number: int, within: float | None = None) -> None:
        """Waits until a call has news, or for so many seconds."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._rung[number] = future
        self.look_on(loop)
        # Not by asyncio.wait_for: until Python 3.12 that forgets a cancellation at times.
        timer = None if within is None else loop.call_later(within, _ring, future)
        try:
            await future
        finally:
            self._rung.pop(number, None)
            if timer is not None:
                timer.cancel()

    def keep(self, running: asyncio.Future[Any]) -> None:
        """Holds a task until it is done."""
        self._running.add(running)
        # Neither callback refers to the port, which must not live for as long as the task does.
        running.add_done_callback(self._running.discard)
        running.add_done_callback(_forgive)
        self.look_on(running.get_loop())

    def look_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Has a loop that cannot watch the port look into it, and so keep it."""
        if self._watched:
            return
        self._looks_until = loop.time() + _LOOK_FOR
        if not self._looks:
            self._looks = True
            loop.call_later(_LOOK_EVERY, self._look, loop)

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
            lead(job)


def _forgive(running: asyncio.Future[Any]) -> None:
    """Whoever waits is told what was raised: the loop need not be."""
    if not running.cancelled():
        running.exception()


def _ring(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def port_of_loop() -> Port:
    """The port of the loop that runs now."""
    loop = asyncio.get_running_loop()
    port = _ports.get(id(loop))
    if port is None or not port.serves(loop):
        port = _ports[id(loop)] = Port(loop)
    port.look_on(loop)
    return port


def port_of_running_loop() -> LoopPort | None:
    """The native port of the loop that runs now, if one does."""
    try:
        return port_of_loop().native
    except RuntimeError:
        return None


async def awaited(job: Job, lead: _sources.Lead) -> None:
    """Runs a coroutine function."""
    fetch = job.fetch
    if fetch is None:
        job.abandon()
        return
    try:
        answer = await fetch(job.streamer, ttl=job.ttl, origin=job.origin, timeout=job.timeout)
        job.complete(answer)
    except Exception as error:  # noqa: BLE001
        lead.error = error
        _sources.fail(job, error)
    except BaseException:
        job.abandon()
        raise


def lead(job: Job) -> _sources.Lead:
    """Has a source run: as a task of its own, or on the loop's executor."""
    lead = _sources.Lead()
    if job.is_coroutine:
        start_task(awaited, job, lead)
    else:
        start_call(_sources.run, job, lead)
    return lead


def start_task(function: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
    """Runs a coroutine function as a task of its own, on the loop that runs now."""
    loop = asyncio.get_running_loop()
    port_of_loop().keep(loop.create_task(function(*arguments)))


def start_call(function: Callable[..., object], *arguments: Any) -> None:
    """Runs a plain function on the executor of the loop that runs now."""
    loop = asyncio.get_running_loop()
    port_of_loop().keep(loop.run_in_executor(None, function, *arguments))


async def token(begin: Callable[..., TokenCall], *arguments: Any) -> PlaybackToken:
    """Waits for a token. Cancelling the task ends the wait, never the fetch."""
    port = port_of_loop()
    call = begin(port.native, *arguments)
    led: _sources.Lead | None = None
    try:
        while True:
            news = call.step()
            if isinstance(news, PlaybackToken):
                return news
            if news is None:
                await port.rung(call.number)
            else:
                led = lead(news)
    except GrantmintError as error:
        if led is not None and led.error is not None and error.code == "source_failed":
            raise error from led.error
        raise
    finally:
        call.close()


async def waited(waiter: Waiter) -> Hit:
    """Waits for a grant of a cache."""
    port = port_of_loop()
    number = port.native.next_number()
    while True:
        grant = waiter._poll(port.native, number)
        if grant is not None:
            return grant
        # The caller's time is not watched by the library's threads here.
        await port.rung(number, within=0.05)


def after_fork() -> None:
    """A child's loops are new ones."""
    global _ports
    _ports = weakref.WeakValueDictionary()
