#!/usr/bin/env python3
"""Looks into everything that ships, once `make dist` has built it.

    shipped.py paths    no folder of the builder's stands in any file
    shipped.py sboms    all SBOMs are valid, those in packages too; needs cyclonedx-python-lib
"""

import json
import os
import re
import sys
from pathlib import Path

from dist_used import content
from installed import ROOT, TARGET

CARGO_HOME = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
#: A native library, and what each has in it: where something of ours may panic.
LIBRARY = re.compile(r"\.(a|node|so)(\.[\d.]+)?$")
OURS = b"core/src/"


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
    checks = {"paths": check_paths, "sboms": check_sboms}
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
