#!/usr/bin/env python3
"""Checks what the shipped crates depend on: licences that their users can live with, and no crate
in two versions."""

import json
import subprocess
import sys

# Licences that ask for no more than a notice. A crate under several needs one of these.
ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
}
# Where the library is meant to run. Named one by one, since a look at all targets at once would take
# in what only a test configuration needs.
TARGETS = [
    "x86_64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
]
# Crates that come in two versions all the same, and who wants the older one.
TWICE = {
    "getrandom": "ring 0.17 wants 0.2",
    "windows-sys": "ring 0.17 wants 0.52; on Windows only",
}
# Crates that reach users.
SHIPPED = ["grantmint-cli", "grantmint-core", "grantmint-emulator", "grantmint-ffi"]


def cargo(*arguments):
    command = ["cargo", *arguments, "--locked"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def tree(package):
    """Every crate that a package links somewhere, as its name and version."""
    crates = set()
    for target in TARGETS:
        lines = cargo(
            "tree", "-p", package, "-e", "normal", "--target", target, "--prefix", "none", "-f", "{p}"
        ).splitlines()
        crates |= {tuple(line.replace(" (*)", "").split(" ")[:2]) for line in lines if line}
    return crates


def is_allowed(expression):
    """Whether an SPDX expression is satisfied by allowed licences: enough of its grammar for what
    crates write, where `/` is an old spelling of OR."""
    alternatives = expression.replace("/", " OR ").split(" OR ")
    parts = ([p.strip(" ()") for p in choice.split(" AND ")] for choice in alternatives)
    if " AND " in expression and "(" in expression:
        # (A OR B) AND C: each bracket and each bare term must be satisfied.
        return all(is_allowed(term.strip(" ()")) for term in expression.split(" AND "))
    return any(all(part in ALLOWED for part in choice) for choice in parts)


def main():
    metadata = json.loads(cargo("metadata", "--format-version", "1"))
    licences = {(p["name"], "v" + p["version"]): p["license"] for p in metadata["packages"]}
    faults = []
    for package in SHIPPED:
        crates = tree(package)
        for crate in sorted(crates):
            if not is_allowed(licences[crate] or ""):
                faults.append(f"{' '.join(crate)}: licence {licences[crate]}")
        names = [name for name, _ in crates]
        for name in sorted({name for name in names if names.count(name) > 1}):
            if name in TWICE:
                print(f"{package}: {name} twice, since {TWICE[name]}")
                continue
            versions = ", ".join(version for other, version in sorted(crates) if other == name)
            faults.append(f"{package} links {name} in versions {versions}")
        print(f"{package}: {len(crates)} crates")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
