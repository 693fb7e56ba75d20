"""Writes JSON as PyJWT does: compact, and in ASCII. Refuses NaN, which JSON does not have."""

from __future__ import annotations

from json import encoder
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def _writer(*, sort_keys: bool) -> Callable[[Any], str]:
    careful = encoder.JSONEncoder(separators=(",", ":"), allow_nan=False, sort_keys=sort_keys)
    quick = _made_once(careful)
    if not quick:
        return careful.encode

    def write(value: Any) -> str:
        try:
            return "".join(quick(value, 0))
        except RecursionError:
            # The value contains itself, or is just deep. The careful encoder tells which.
            return careful.encode(value)

    return write


def _made_once(careful: encoder.JSONEncoder) -> Callable[[Any, int], Any] | None:
    """The C encoder, made once. `encode` makes a new one per text, which takes as long as writing.

    It does not look for values that contain themselves. So it holds no state, and any number of
    threads may share it.
    """
    make: Any = getattr(encoder, "c_make_encoder", None)
    marks = careful.key_separator, careful.item_separator
    flags = careful.sort_keys, careful.skipkeys, careful.allow_nan
    text = encoder.encode_basestring_ascii
    try:
        made: Callable[[Any, int], Any] = make(None, careful.default, text, None, *marks, *flags)
    except TypeError:
        # Not CPython, or a version of it with another C encoder.
        return None
    return made


to_json = _writer(sort_keys=False)
"""The JSON of a value. Raises ValueError for NaN or a value in itself, TypeError for no JSON."""
to_sorted_json = _writer(sort_keys=True)
"""The same with members in the order of their names."""
