"""Waiting on event loops.

The library's threads never call the interpreter. Each loop watches one socket; what a thread has
for a task it leaves in the loop's port, and a byte in the socket. Loops that cannot watch sockets
(the Proactor loop of Windows) look every few milliseconds instead, while anything is waited for.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from typing import TYPE_CHECKING, Any

from grantmint import _native, _sources
from grantmint.errors import GrantmintError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_LOOK_EVERY = 0.005

_of_thread = threading.local()
#: Tasks that run sources: a loop keeps weak references only.
_running: set[asyncio.Future[Any]] = set()


class Port:
    """What one event loop waits for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Has the loop watch a new port."""
        self.native = _native.LoopPort()
        self._loop = weakref.ref(loop, lambda _, native=self.native: native.close())  # type: ignore[misc]
        self._rung: dict[int, asyncio.Future[None]] = {}
        self._looks = False
        self._watched = False
        fileno = self.native.fileno()
        if fileno is not None:
            try:
                loop.add_reader(fileno, self._deliver)
            except NotImplementedError:
                return
            self._watched = True

    async def rung(self, number: int) -> None:
        """Waits until a call has news."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._rung[number] = future
        if not self._watched and not self._looks:
            self._looks = True
            loop.call_later(_LOOK_EVERY, self._look, loop)
        try:
            await future
        finally:
            self._rung.pop(number, None)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._deliver()
        self._looks = bool(self._rung)
        if self._looks:
            loop.call_later(_LOOK_EVERY, self._look, loop)

    def _deliver(self) -> None:
        calls, jobs = self.native.drain()
        for number in calls:
            future = self._rung.get(number)
            if future is not None and not future.done():
                future.set_result(None)
        for job in jobs:
            lead(job)


def port_of_loop() -> Port:
    """The port of the loop that runs now."""
    loop = asyncio.get_running_loop()
    known: tuple[Callable[[], object], Port] | None = getattr(_of_thread, "port", None)
    if known is not None and known[0]() is loop:
        return known[1]
    port = Port(loop)
    _of_thread.port = (weakref.ref(loop), port)
    return port


def port_of_running_loop() -> _native.LoopPort | None:
    """The native port of the loop that runs now, if one does."""
    try:
        return port_of_loop().native
    except RuntimeError:
        return None


async def awaited(job: _native.Job, lead: _sources.Lead) -> None:
    """Runs a coroutine function."""
    try:
        fetch = job.fetch
        answer = await fetch(job.streamer, ttl=job.ttl, origin=job.origin, timeout=job.timeout)
        job.complete(answer)
    except Exception as error:  # noqa: BLE001
        lead.error = error
        _sources.fail(job, error)
    except BaseException:
        job.abandon()
        raise


def lead(job: _native.Job) -> _sources.Lead:
    """Has a source run: as a task of its own, or on the loop's executor."""
    lead = _sources.Lead()
    if job.is_coroutine:
        start_task(awaited, job, lead)
    else:
        start_call(_sources.run, job, job.fetch, lead)
    return lead


def start_task(function: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
    """Runs a coroutine function as a task of its own, on the loop that runs now."""
    loop = asyncio.get_running_loop()
    _keep(loop.create_task(function(*arguments)))


def start_call(function: Callable[..., object], *arguments: Any) -> None:
    """Runs a plain function on the executor of the loop that runs now."""
    _keep(asyncio.get_running_loop().run_in_executor(None, function, *arguments))


def _keep(running: asyncio.Future[Any]) -> None:
    _running.add(running)
    running.add_done_callback(_done)


def _done(running: asyncio.Future[Any]) -> None:
    _running.discard(running)
    if not running.cancelled():
        running.exception()


async def token(begin: Callable[..., _native.TokenCall], *arguments: Any) -> _native.PlaybackToken:
    """Waits for a token. Cancelling the task ends the wait, never the fetch."""
    port = port_of_loop()
    call = begin(port.native, *arguments)
    led: _sources.Lead | None = None
    try:
        while True:
            news = call.step()
            if isinstance(news, _native.PlaybackToken):
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


async def waited(waiter: _native.Waiter) -> _native.Hit:
    """Waits for a grant of a cache."""
    port = port_of_loop()
    number = port.native.next_number()
    while True:
        grant = waiter._poll(port.native, number)
        if grant is not None:
            return grant
        # The caller's time is not watched by the library's threads here.
        try:
            await asyncio.wait_for(port.rung(number), 0.05)
        except (asyncio.TimeoutError, TimeoutError):
            continue


def after_fork() -> None:
    """A child's loops are new ones."""
    _of_thread.__dict__.clear()
    _running.clear()
