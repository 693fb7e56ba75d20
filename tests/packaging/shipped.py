#!/usr/bin/env python3
"""Looks into everything that ships, once `make dist` has built it.

    shipped.py paths      no folder of the builder's stands in any file
    shipped.py binaries   libraries and programs are stripped and hardened, and offer only what is asked of them
    shipped.py sboms      all SBOMs are valid, those in packages too; needs cyclonedx-python-lib
"""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

from dist_used import content
from installed import ROOT, TARGET, run

CARGO_HOME = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
#: A native library, and what each has in it: where something of ours may panic.
LIBRARY = re.compile(r"\.(a|node|so)(\.[\d.]+)?$")
OURS = b"core/src/"
#: What readelf says of a file that is as hard to attack as a linker can make it,
HARDENED = {
    "is loaded at any address": r"Type: +DYN ",
    "binds its functions when it is loaded": r"\((FLAGS|BIND_NOW)\).*BIND_NOW|Flags:.* NOW",
    "cannot be written to where the loader has": r"GNU_RELRO",
    "does not run its stack": r"GNU_STACK .* RW  ",
}
#: and of one that is not fit to be handed on.
UNFIT = {
    "is not stripped": r"\] \.(symtab|debug_\w+) ",
    "looks for libraries in a folder of its own": r"\((RPATH|RUNPATH)\)",
    "has code that the loader changes": r"\(TEXTREL\)",
}
#: What a package's library offers, by the end of the package's name. A program offers nothing.
OFFERED = {
    ".whl": {"PyInit__native"},
    ".tgz": {"napi_register_module_v1"},
    ".tar.gz": {*(ROOT / "tests/c/symbols.txt").read_text(encoding="utf-8").split()},
}


def packages(folder):
    """The packages that `make dist` has put into a folder, by what they are."""
    rows = json.loads((folder / "packages.json").read_text(encoding="utf-8"))
    names = [row["name"] for row in rows if row["kind"] != "SBOM"]
    return {name: folder / name for name in names}


def check_paths(shipped):
    """A fault for each file that says in which folder somebody built it."""
    homes = {str(folder) for folder in (ROOT, TARGET, CARGO_HOME, Path.home())} - {"/"}
    libraries = 0
    for package, name, data in shipped:
        for home in homes:
            if f"{home}/".encode() in data:
                yield f"{package}: {name} has {home} in it"
        if LIBRARY.search(name):
            libraries += 1
            if OURS not in data:
                yield f"{package}: {name} has no path in it that could be looked at"
    print(f"{len(shipped)} files, of which {libraries} are libraries")
    if libraries != 4:
        yield f"{libraries} libraries: there should be the addon, the wheel's, and two for C"


def check_binaries(shipped):
    """A fault for each library or program that was not linked as it should be."""
    binaries = [row for row in shipped if row[2].startswith(b"\x7fELF")]
    for package, name, data in binaries:
        for fault in faults_of(data, offered(package, name)):
            yield f"{package}: {name} {fault}"
    print(f"{len(binaries)} binaries")
    if len(binaries) != 4:
        yield f"{len(binaries)} binaries: there should be the addon, the wheel's, C's, and the program"


def offered(package, name):
    if "/bin/" in name:
        return set()
    return next(names for end, names in OFFERED.items() if package.endswith(end))


def faults_of(data, names):
    """What is wrong with a library or program that should offer these names."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        parts = ("--file-header", "--segments", "--sections", "--dynamic")
        told = run("readelf", "--wide", *parts, file.name, env={"LC_ALL": "C"})
        table = run("nm", "--dynamic", "--defined-only", "--format=posix", file.name)
    yield from (f"is not one that {what}" for what, how in HARDENED.items() if not re.search(how, told))
    yield from (what for what, how in UNFIT.items() if re.search(how, told))
    if others := {line.split()[0] for line in table.splitlines()} ^ names:
        yield f"does not offer what it should: {', '.join(sorted(others)[:10])}"


def check_sboms(shipped):
    """A fault for each that is not valid, those for other systems too. dist_used.py says which package has which."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    sboms = [row for row in shipped if row[1].endswith(".cdx.json")]
    written = (ROOT / "packaging/sboms").rglob("*.cdx.json")
    for where, name, data in [*sboms, *(("here", path, path.read_bytes()) for path in written)]:
        if error := validator.validate_str(data.decode()):
            yield f"{where}: {name}: {error}"
    print(f"{len(sboms)} SBOMs in packages")


def main():
    checks = {"paths": check_paths, "binaries": check_binaries, "sboms": check_sboms}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    found = {name: content(package) for name, package in packages(TARGET / "dist").items()}
    shipped = [(package, *file) for package, files in found.items() for file in files.items()]
    faults = [*checks[sys.argv[1]](shipped)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
