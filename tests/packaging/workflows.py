#!/usr/bin/env python3
"""Checks the workflows of .github as far as can be done without running them: workflows.py VENV

Their schema, what an attacker could do with them (zizmor), every line of shell in them and in their
scripts (shellcheck), and that they, deny.toml and the Node package speak of the same targets.
VENV is where the tools are installed, if they are not there yet.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

from dependencies import ALLOWED, TWICE

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SCRIPTS = sorted((ROOT / ".github/scripts").glob("*.sh"))
REQUIREMENTS = HERE / "requirements-lint.txt"
# An action by the commit of a release, whose full version stands beside it.
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def installed(home):
    """Has the tools in an environment, and goes on in that."""
    bin_folder = home / "bin"
    stamp = home / REQUIREMENTS.name
    if not stamp.exists() or stamp.read_text() != REQUIREMENTS.read_text():
        venv.create(home, with_pip=True, clear=True)
        command = [bin_folder / "pip", "install", "--quiet", "--requirement", REQUIREMENTS]
        subprocess.run(command, check=True)
        stamp.write_text(REQUIREMENTS.read_text())
    return bin_folder


def run(faults, *command):
    words = [str(part) for part in command]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        faults.append(f"{Path(command[0]).name}: {done.stdout}{done.stderr}".strip())


def read(tools, path):
    """A workflow as Python has it. Python does not read YAML by itself, so a tool does."""
    code = "import json, sys; from ruamel.yaml import YAML as Yaml; "
    code += "print(json.dumps(Yaml(typ='safe').load(sys.stdin)))"
    command = [tools / "python", "-c", code]
    with path.open() as text:
        done = subprocess.run(command, stdin=text, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def check_jobs(faults, tools, path):
    jobs = read(tools, path)["jobs"]
    for name, job in jobs.items():
        if not {"timeout-minutes", "permissions"} <= set(job):
            faults.append(f"{path.name}: {name} has no time limit or no permissions of its own")
        for step in job["steps"]:
            if "run" in step:
                check_shell(faults, tools, step["run"], f"{path.name}, {name}")
    return jobs


def check_shell(faults, tools, script, where):
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(f"#!/usr/bin/env bash\n{script}\n")
        file.flush()
        run(faults, tools / "shellcheck", file.name)
    for name in re.findall(r"(?:\.github|tests|bindings-\w+)/[\w/.]+\.\w+", script):
        if not (ROOT / name).exists():
            faults.append(f"{where}: there is no {name}")


def check_pins(faults, path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if "uses:" in line and not PINNED.search(line):
            faults.append(f"{path.name}:{number}: not pinned by a commit and its full version")


def check_targets(faults, jobs):
    """What is released is what dependencies are checked for, and what npm has a package for."""
    matrices = [job.get("strategy", {}).get("matrix", {}) for job in jobs.values()]
    released = {entry["target"] for matrix in matrices for entry in matrix.get("include", [])}
    deny = tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))
    node = ROOT / "bindings-node/scripts/targets.mjs"
    for path, targets in (
        ("deny.toml", deny["graph"]["targets"]),
        (node.name, re.findall(r"(?m)^  '([\w-]+)': \{", node.read_text(encoding="utf-8"))),
    ):
        if set(targets) != released:
            faults.append(f"{path}: other targets: {sorted(released ^ set(targets))}")
    if set(deny["licenses"]["allow"]) != ALLOWED:
        faults.append("deny.toml: other licences than in tests/packaging/dependencies.py")
    if {entry["crate"].split("@")[0] for entry in deny["bans"]["skip"]} != set(TWICE):
        faults.append("deny.toml: other crates twice than in tests/packaging/dependencies.py")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tools, faults = installed(Path(sys.argv[1]).resolve()), []
    schema = ("--builtin-schema", "vendor.github-workflows")
    run(faults, tools / "check-jsonschema", *schema, *WORKFLOWS)
    run(faults, tools / "zizmor", "--offline", "--quiet", "--persona", "pedantic", *WORKFLOWS)
    run(faults, tools / "shellcheck", *SCRIPTS)
    jobs = {}
    for path in WORKFLOWS:
        check_pins(faults, path)
        jobs |= check_jobs(faults, tools, path)
    check_targets(faults, jobs)
    for fault in faults:
        print(fault, file=sys.stderr)
    counts = f"{len(WORKFLOWS)} workflows with {len(jobs)} jobs, {len(SCRIPTS)} scripts"
    print(f"{counts}, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
