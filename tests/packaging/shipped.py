#!/usr/bin/env python3
"""Looks into everything that ships, once `make packages-check` has built it.

    shipped.py paths    no folder of the builder's stands in any file
    shipped.py sboms    each package has its SBOM, and all SBOMs are valid; needs cyclonedx-python-lib
"""

import os
import platform
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from installed import ROOT, TARGET

CARGO_HOME = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
#: A native library, and what each has in it: where something of ours may panic.
LIBRARY = re.compile(r"\.(a|node|so)(\.[\d.]+)?$")
OURS = b"core/src/"


def packages(folder):
    """The files that are published for this machine."""
    c_tarball = ROOT / ".github/scripts/c_tarball.sh"
    target = f"{platform.machine()}-unknown-linux-gnu"
    subprocess.run([c_tarball, target, folder], cwd=ROOT, check=True)
    (wheel,) = (ROOT / "target/wheels").glob("*.whl")
    (sdist,) = (ROOT / "target/wheels").glob("*.tar.gz")
    (c,) = Path(folder).glob("*.tar.gz")
    main, native = sorted((TARGET / "npm").glob("*.tgz"), key=lambda path: path.stat().st_size)
    return {"Python": wheel, "Python's sources": sdist, "npm": main, "npm, native": native, "C": c}


def content(package):
    """The files in a package, as their names and bytes."""
    if zipfile.is_zipfile(package):
        with zipfile.ZipFile(package) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(package) as archive:
        return {file.name: archive.extractfile(file).read() for file in archive if file.isfile()}


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
    """A fault for each package that lacks one, and for each that is not valid, those for other systems too."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    sboms = [row for row in shipped if row[1].endswith(".cdx.json")]
    written = (ROOT / "packaging/sboms").rglob("*.cdx.json")
    for where, name, data in [*sboms, *(("here", path, path.read_bytes()) for path in written)]:
        if error := validator.validate_str(data.decode()):
            yield f"{where}: {name}: {error}"
    # In the tarball it is also where `make install` puts it.
    found = sorted(package for package, _, _ in sboms)
    print(f"{len(sboms)} SBOMs")
    if found != ["C", "C", "Python", "npm, native"]:
        yield f"SBOMs are in {', '.join(found)}"


def main():
    checks = {"paths": check_paths, "sboms": check_sboms}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        found = {name: content(package) for name, package in packages(folder).items()}
    shipped = [(package, *file) for package, files in found.items() for file in files.items()]
    faults = [*checks[sys.argv[1]](shipped)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
