"""Waits for tokens and grants in greenlets, on a thread that has a hub of gevent or eventlet.

A greenlet that waits natively stops its thread, and with it all other greenlets of the hub. So it
waits through the hub: the thread has a port, whose socket the hub watches. A thread of the library
that has a result for a greenlet leaves it in the port, and writes a byte to the socket.

Neither gevent nor eventlet is imported here. Both are looked for among the modules that the host
has loaded, and only when a call is about to wait.
"""

from __future__ import annotations

import os
import sys
import time
import weakref
from typing import TYPE_CHECKING, Any

from grantmint import _sources
from grantmint._native import LoopPort, PlaybackToken
from grantmint._unpatched import ThreadLocal, threads_are_greenlets
from grantmint.errors import GrantmintError

if TYPE_CHECKING:
    from collections.abc import Callable

    from grantmint._native import TokenCall

#: Without a socket to watch there is no port: greenlets wait natively there.
_HAS_SOCKETS = sys.platform != "win32"
#: How many forks lie between this process and the first one.
_generation = 0
#: The port of each native thread. The thread keeps it, not the hub: gevent keeps destroyed hubs.
_kept = ThreadLocal()
#: Ports that a child has from its parent; see `_EventletPort.after_fork`.
_inherited: list[Port] = []


class Port:
    """Wakes the greenlets of one hub, and runs the sources that were given to it."""

    def __init__(self, hub: Any) -> None:
        """Makes a port. The hub is to watch its socket, and to refer to it weakly."""
        self.native = LoopPort()
        self._hub = weakref.ref(hub)
        self._generation = _generation
        #: The event of each greenlet that waits, by the number of its call.
        self._waiting: dict[int, Any] = {}

    def serves(self, hub: Any) -> bool:
        """Whether this is the hub's port, and was made in this process."""
        return self._hub() is hub and self._is_of_this_process()

    def is_called_by_hub(self) -> bool:
        """Whether the hub itself runs now, and no greenlet that could wait."""
        raise NotImplementedError

    def token(self, begin: Callable[..., TokenCall], *asked: Any) -> PlaybackToken:
        """Waits for a token; the last argument is the timeout or None.

        Whatever is thrown into the greenlet ends its wait, never the fetch. A forked child has lost
        the call: it begins again, with the time that is left.
        """
        *about, timeout = asked
        start = time.monotonic()
        port, left = self, timeout
        while True:
            token = port._token(begin(port.native, *about, left))
            if token is not None:
                return token
            port = port._anew()
            if timeout is not None:
                left = max(0.0, start + timeout - time.monotonic())

    def _token(self, call: TokenCall) -> PlaybackToken | None:
        """Waits for the end of one call; None in a child that was forked meanwhile."""
        ran = _sources.Call()
        try:
            while self._is_of_this_process():
                news = call.step()
                if isinstance(news, PlaybackToken):
                    return news
                if news is None:
                    # The library watches the caller's time, unless it could start no thread.
                    self._wait(call.number, within=1.0)
                else:
                    ran = _sources.Call()
                    _sources.run(news, ran)
        except GrantmintError as error:
            if ran.error is not None and error.code == "source_failed":
                raise error from ran.error
            raise
        finally:
            if self._is_of_this_process():
                call.close()
        return None

    def waited(self, awaited: Any, look_again: float = 0.05) -> Any:
        """Waits for a grant of a cache, or for a credential.

        Where no thread of the library watches the caller's time, it is looked at every look_again.
        """
        port = self
        while True:
            number = port.native.next_number()
            while port._is_of_this_process():
                came = awaited._poll(port.native, number)
                if came is not None:
                    return came
                port._wait(number, within=look_again)
            port = port._anew()

    def run_apart(self, function: Callable[..., object], *arguments: Any) -> None:
        """Runs a function in a greenlet of its own."""
        raise NotImplementedError

    def after_fork(self) -> None:
        """Lets the child's greenlets go on, and the parent's socket alone."""
        for event in list(self._waiting.values()):
            self._wake(event)

    def _is_of_this_process(self) -> bool:
        return self._generation == _generation

    def _deliver(self) -> None:
        if not self._is_of_this_process():
            return  # what lies in the socket is for the parent
        calls, jobs = self.native.drain()
        for number in calls:
            event = self._waiting.get(number)
            if event is not None:
                self._wake(event)
        for job in jobs:
            self.run_apart(_sources.run_apart, job)

    def _wait(self, number: int, within: float | None = None) -> None:
        """Waits until the call of this number is notified, or for so many seconds.

        Nothing that comes between the last look and this is missed: only the hub takes notes out of
        the port, and it has not run since.
        """
        event = self._waiting[number] = self._new_event()
        self._has_waiting(True)
        try:
            event.wait(within)
        finally:
            self._waiting.pop(number, None)
            self._has_waiting(bool(self._waiting))

    def _anew(self) -> Port:
        """The port of the hub that this thread has now, in a forked child."""
        raise NotImplementedError

    def _new_event(self) -> Any:
        raise NotImplementedError

    def _wake(self, event: Any) -> None:
        raise NotImplementedError

    def _has_waiting(self, has: bool) -> None:
        """Is told before the first greenlet waits, and after the last one has."""


class _GeventPort(Port):
    def __init__(self, hub: Any) -> None:
        super().__init__(hub)
        deliver = weakref.WeakMethod(self._deliver)
        self._watcher = hub.loop.io(self.native.fileno(), 1)
        self._watcher.start(_call, deliver)
        self._watcher.ref = False
        end = weakref.finalize(self, _end_watcher, self._watcher, os.getpid())
        end.atexit = False

    def is_called_by_hub(self) -> bool:
        return sys.modules["greenlet"].getcurrent() is self._hub()

    def run_apart(self, function: Callable[..., object], *arguments: Any) -> None:
        sys.modules["gevent"].spawn(_run_alone, function, *arguments)

    def after_fork(self) -> None:
        _stop(self._watcher)
        super().after_fork()

    def _anew(self) -> Port:
        return _port_of(_GeventPort, sys.modules["gevent._hub_local"].get_hub())

    def _new_event(self) -> Any:
        from gevent.event import Event  # type: ignore[import-untyped]

        return Event()

    def _wake(self, event: Any) -> None:
        event.set()

    def _has_waiting(self, has: bool) -> None:
        # A loop runs for as long as something refers to it. Without this the hub would raise
        # LoopExit while a greenlet waits; always with it, gevent.wait() would never return.
        self._watcher.ref = has


class _EventletPort(Port):
    def __init__(self, hub: Any) -> None:
        super().__init__(hub)
        deliver = weakref.WeakMethod(self._deliver)
        listener = hub.add(
            hub.READ, self.native.fileno(), lambda *_: _call(deliver), _nothing, _nothing
        )
        end = weakref.finalize(self, _end_listener, weakref.ref(hub), listener, os.getpid())
        end.atexit = False

    def is_called_by_hub(self) -> bool:
        hub = self._hub()
        return hub is not None and sys.modules["greenlet"].getcurrent() is hub.greenlet

    def run_apart(self, function: Callable[..., object], *arguments: Any) -> None:
        sys.modules["eventlet"].spawn_n(_run_alone, function, *arguments)

    def after_fork(self) -> None:
        # The child's hub has the epoll of its parent. To take the listener out there would take it
        # from the parent too. So it stays, and its socket must stay open.
        _inherited.append(self)
        super().after_fork()

    def _anew(self) -> Port:
        return _port_of(_EventletPort, sys.modules["eventlet.hubs"].get_hub())

    def _new_event(self) -> Any:
        return sys.modules["eventlet.event"].Event()

    def _wake(self, event: Any) -> None:
        if not event.ready():
            event.send(None)


def port() -> Port | None:
    """The port to wait through; None if this thread has no hub, so that a call waits natively.

    Raises:
        GrantmintError: unsupported, if the hub itself would wait.
    """
    found = _port_of_thread()
    if found is not None and found.is_called_by_hub():
        msg = (
            "this call has to wait, and it is made by the hub of gevent or eventlet, which cannot: "
            "make it in a greenlet that you spawn, or call try_token() or try_get()"
        )
        raise GrantmintError(msg, code="unsupported")
    return found


def port_for_sources() -> Port | None:
    """The port that is to run plain functions that no caller waits for.

    None if this thread has no hub, or if it has one but threads are native: then sources expect to
    run on a thread.
    """
    return _port_of_thread() if threads_are_greenlets() else None


def _port_of_thread() -> Port | None:
    if not _HAS_SOCKETS:
        return None
    get_hub_if_exists = getattr(sys.modules.get("gevent._hub_local"), "get_hub_if_exists", None)
    if get_hub_if_exists is not None:
        hub = get_hub_if_exists()
        if hub is not None and hub.loop is not None:
            return _port_of(_GeventPort, hub)
    of_thread = getattr(sys.modules.get("eventlet.hubs"), "_threadlocal", None)
    if of_thread is not None:
        hub = getattr(of_thread, "hub", None)
        if hub is not None:
            return _port_of(_EventletPort, hub)
    return None


def _port_of(kind: type[Port], hub: Any) -> Port:
    port: Port | None = getattr(_kept, "port", None)
    if port is None or not port.serves(hub):
        port = _kept.port = kind(hub)
    return port


def _run_alone(function: Callable[..., object], *arguments: Any) -> None:
    """Runs a function that nobody waits for. What it raises does not reach the hub."""
    try:
        function(*arguments)
    except sys.modules["greenlet"].GreenletExit:
        pass  # it was killed
    except BaseException:  # noqa: BLE001
        _sources.report()


def _call(method: weakref.WeakMethod[Callable[[], None]]) -> None:
    """Calls a method unless its object is gone."""
    bound = method()
    if bound is not None:
        bound()


def _nothing(*_: Any) -> None:
    """Is told that the socket was closed, which it is not while the hub watches it."""


def _end_watcher(watcher: Any, process: int) -> None:
    if os.getpid() == process and _stop(watcher):
        watcher.close()


def _stop(watcher: Any) -> bool:
    """Stops a watcher; returns whether there was still a loop to watch for."""
    try:
        watcher.stop()
    except ValueError:  # the loop is destroyed
        return False
    return True


def _end_listener(hub: weakref.ref[Any], listener: Any, process: int) -> None:
    alive = hub()
    if alive is not None and os.getpid() == process:
        alive.remove(listener)


def after_fork() -> None:
    """Has the greenlets that wait begin again in the child."""
    global _generation
    _generation += 1
    inherited = getattr(_kept, "port", None)
    if inherited is not None:
        inherited.after_fork()
