"""Rates the metadata of a wheel as pyroma does, which by itself rates only what is not built.

    python rating.py WHEEL [--no-address]

Ends with 1 below 10 of 10. With --no-address the links and the mail address may be missing: the
project has neither yet. The rating that is printed counts them all the same.
"""

from __future__ import annotations

import sys
import zipfile
from email import message_from_string

from pyroma.ratings import AuthorEmail, Url, rate


def main() -> None:
    """Rates the wheel that the command line names."""
    wheel, *options = sys.argv[1:]
    rating, faults = rate(data_of(wheel))
    print(f"{rating} of 10", *faults, sep="\n")
    allowed = {AuthorEmail().message(), Url().message()} if "--no-address" in options else set()
    sys.exit(bool(set(faults) - allowed))


def data_of(wheel: str) -> dict[str, object]:
    """The metadata of a wheel, as pyroma names it."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_string(archive.read(name).decode("utf-8"))
    data: dict[str, object] = {"description": metadata.get_payload()}
    for key in set(metadata.keys()):
        values = metadata.get_all(key, [])
        data[key.lower()] = values[0] if len(values) == 1 else values
    return data


if __name__ == "__main__":
    main()
