"""The threads of the system, whatever gevent or eventlet have put in their place.

Both can patch the module ``_thread``: its threads are greenlets then, and its locks switch between
greenlets. What is kept for each native thread, or waits natively, needs the originals.
"""

from __future__ import annotations

import _thread
import sys
from typing import Any


def _patched_by() -> Any:
    """What has patched `_thread`, as a module that is loaded; None if nothing has."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("_thread"):
        return monkey
    patcher = sys.modules.get("eventlet.patcher")
    if patcher is not None and patcher.is_monkey_patched("thread"):
        return patcher
    return None


def _original(name: str) -> Any:
    """What `_thread` had under this name before it was patched."""
    patched_by = _patched_by()
    if patched_by is None:
        return getattr(_thread, name)
    if hasattr(patched_by, "get_original"):
        return patched_by.get_original("_thread", name)
    return getattr(patched_by.original("_thread"), name)


def threads_are_greenlets() -> bool:
    """Whether `_thread` is patched by now. If so, the host's functions are to run as greenlets."""
    return _patched_by() is not None


#: Starts a native thread that nobody joins.
start_thread = _original("start_new_thread")
#: Makes a native lock: to wait for it blocks the thread.
make_lock = _original("allocate_lock")
#: Values that each native thread has for itself, whichever greenlet runs on it.
ThreadLocal = _original("_local")
