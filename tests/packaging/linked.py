"""What the libraries and the program that are released have in them: the crates that cargo links for a target."""

import functools
import tomllib
from pathlib import Path

from dependencies import cargo

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = {
    "grantmint-cli": "the command line",
    "grantmint-ffi": "C",
    "grantmint-node": "Node.js",
    "grantmint-python": "Python",
}
TARGETS = tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))["graph"]["targets"]


@functools.cache
def graph(package, target):
    """Each crate that is linked, as name and version, with the crates that it calls."""
    options = ["-p", package, "-e", "normal,no-proc-macro", "--prefix", "depth", "-f", " {p}"]
    needs, above = {}, []
    for line in cargo("tree", *options, "--target", target).splitlines():
        depth, name, version = line.split(" ")[:3]
        crate = name, version.removeprefix("v")
        # What it calls stands below it the first time that it is named.
        needs.setdefault(crate, set())
        del above[int(depth) :]
        if above:
            needs[above[-1]].add(crate)
        above.append(crate)
    return needs
