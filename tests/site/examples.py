#!/usr/bin/env python3
"""Does what the pages of the documentation say, and compares what comes of it.

    examples.py PAGE…      from the root of the repository

On a page, in this order:

* `<!-- file: NAME -->` before a block of code: the reader saves it under that name.
* `<!-- run -->` before one: a whole program. It prints what the comments behind its prints say. One in JavaScript that
  calls `require` is CommonJS. One in C++ is compiled as readers compile theirs, with warnings as errors.
* a block of `console`: commands after `$ `, and below each what it says; `…` stands for any text within a line. All
  blocks of a page run in one shell. A command that ends with `&` is a server: the next waits for its port.

A page with tabs is followed once for each of them, by a reader who does what that tab says and what stands outside of tabs.

The emulator runs beside each reader, with its key in the environment, and where the page has it: on port 8900 of 127.0.0.1, and
in the place of the services that SERVICES names. GRANTMINT_PYTHON is an interpreter with the package, GRANTMINT_NODE a folder with the
Node.js packages, GRANTMINT_PREFIX where the C library is installed, GRANTMINT the command line. The checkout is where the page has
`…/grantmint`.
"""

from __future__ import annotations

import atexit
import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs/site"))

from pages import TAB, TABS  # noqa: E402

BLOCK = re.compile(r"^(?:<!-- (file: (?P<name>[\w./-]+)|run) -->\n+)?```(?P<language>\w+)[^\n]*\n(?P<code>.*?)^```$", re.M | re.S)
PRINTED = re.compile(r"^\s*(?:(?:print|console\.log)\(.*\);?|std::cout << .*;)\s+(?:#|//) (.*)$", re.M)
#: The first program in Rust builds its crates.
LIMIT_S = 600
#: Where the pages have servers; each run has them elsewhere.
EMULATOR = "8900"
PORTS = (EMULATOR, "5000", "5001", "3000", "8000", "8001", "8002", "8003", "3001", "6379")
END = "--- the end of this one"
REDIS = "redis-server"
PROGRAMS = {"python": ("python", ".py"), "js": ("node", ".mjs"), "cpp": ("c++", ".cpp")}
COMMON_JS = re.compile(r"\brequire\('")
#: Services of the pages, and what of the emulator stands for them: a path, or a variable of its key.
SERVICES = {
    "https://idp.example.com/oauth/token": "/oauth2/token",
    "my app": "TWILIO_API_KEY",
    "its secret": "TWILIO_API_SECRET",
}
#: As readers compile theirs, but for the warnings.
CPP = ["-std=c++17", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'include'}"]
#: What npm packages beside our own the pages use.
NODE_PACKAGES = ROOT / "bindings-node/test/node_modules"


class Wrong(Exception):
    """A page says what is not so."""


def free_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


class Emulator:
    """The emulator, on a free port."""

    def __init__(self, env: dict[str, str]) -> None:
        """Starts it, and reads its key."""
        self.process = subprocess.Popen(
            [shutil.which("grantmint", path=env["PATH"]) or "grantmint", "emulator", "--port", "0"], env=env, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        first, *exports = (self.process.stdout.readline().strip() for _ in range(4))
        self.port = first.rsplit(":", 1)[1]
        self.key = dict(line.removeprefix("export ").split("=", 1) for line in exports)

    def end(self) -> None:
        """Ends it."""
        self.process.kill()
        self.process.wait()


class Page:
    """A page as one reader sees it, and the folder of that reader."""

    def __init__(self, text: str, home: Path) -> None:
        """Reads the page, with ports that are free, and starts the emulator."""
        text = text.replace("…/grantmint", str(ROOT))
        self.home = home
        self.env = environment(home)
        self.emulator = Emulator(self.env)
        self.env.update(self.emulator.key)
        for port in PORTS:
            there = self.emulator.port if port == EMULATOR else free_port()
            text = re.sub(rf"(?<=127\.0\.0\.1:){port}\b|(?<=--port ){port}\b|(?<=PORT=){port}\b|{port}(?=, '127)", there, text)
        for service, place in SERVICES.items():
            stands_for = f"http://127.0.0.1:{self.emulator.port}{place}" if place.startswith("/") else self.emulator.key[place]
            text = re.sub(rf"(?<=[\"']){re.escape(service)}(?=[\"'])", stands_for, text)
        self.blocks = list(BLOCK.finditer(text))
        self.count = 0

    def follow(self) -> int:
        """Does all that the page says, and tells how many things that were."""
        try:
            self.do_all()
        finally:
            self.emulator.end()
        return self.count

    def do_all(self) -> None:
        for block in self.blocks:
            if block["name"]:
                path = self.home / block["name"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block["code"], encoding="utf-8")
                if path.name == "Cargo.toml":  # the crates that this machine has
                    shutil.copyfile(ROOT / "Cargo.lock", path.with_name("Cargo.lock"))
            elif block[1]:
                self.run(block["language"], block["code"])
        self.session()

    def run(self, language: str, code: str) -> None:
        """Runs a whole program."""
        self.count += 1
        program, ending = PROGRAMS[language]
        path = self.home / f"run-{self.count}{'.cjs' if language == 'js' and COMMON_JS.search(code) else ending}"
        path.write_text(code, encoding="utf-8")
        command = [path.with_suffix("")] if language == "cpp" else [shutil.which(program, path=self.env["PATH"]), path]
        if language == "cpp":
            self.ended([program, f"-I{prepared_header()}", *CPP, path, *library(), "-o", *command], code)
        ended = self.ended(command, code)
        expected = PRINTED.findall(code)
        if not matches(ended.stdout.splitlines(), expected):
            raise Wrong(f"{code}\nexpected: {expected}\nprinted: {ended.stdout}{ended.stderr}")

    def ended(self, command: list[str | Path], code: str) -> subprocess.CompletedProcess[str]:
        """What a program said that has to end well."""
        ended = subprocess.run(command, cwd=self.home, env=self.env, capture_output=True, text=True, timeout=LIMIT_S, check=False)
        if ended.returncode:
            raise Wrong(f"{code}\nended with {ended.returncode}: {ended.stdout}{ended.stderr}")
        return ended

    def session(self) -> None:
        """Runs all commands in one shell."""
        steps = steps_of("".join(block["code"] for block in self.blocks if block["language"] == "console"))
        if not steps:
            return
        script = ["set -u", "waits() { for _ in $(seq 300); do (: </dev/tcp/127.0.0.1/$1) 2>/dev/null && return; sleep 0.1; done; }"]
        for place, (command, _) in enumerate(steps):
            script.append(f"{{ {command}\n}} 2>&1")
            if command.rstrip().endswith("&"):
                if port := re.search(r"127\.0\.0\.1:(\d+)", commands_with(steps[place:])):
                    script.append(f"waits {port[1]}")
            script.append(f"echo '{END}'")
        shell = subprocess.Popen(
            ["bash", "-c", "\n".join(script)],
            cwd=self.home,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = self.heard(shell)
        finally:
            os.killpg(shell.pid, signal.SIGKILL)
        for (command, expected), told in zip(steps, said, strict=True):
            self.count += 1
            is_server = command.rstrip().endswith("&")
            if not is_server and not matches(told, expected):
                raise Wrong(f"$ {command}\nexpected: {expected}\nsaid: {told}")

    def heard(self, shell: subprocess.Popen[str]) -> tuple[list[list[str]], None]:
        """What each command has said. The servers behind it go on, so the pipe does not end."""
        timer = signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(Wrong("it takes too long")))
        signal.alarm(LIMIT_S)
        said: list[list[str]] = [[]]
        wanted = len(steps_of("".join(b["code"] for b in self.blocks if b["language"] == "console")))
        try:
            assert shell.stdout
            for line in shell.stdout:
                if line.rstrip("\n").endswith(END):
                    if rest := line.rstrip("\n").removesuffix(END):
                        said[-1].append(rest)
                    if len(said) == wanted:
                        return said, None
                    said.append([])
                else:
                    said[-1].append(line.rstrip("\n"))
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, timer)
        raise Wrong(f"the shell ended early: {said[-1]}")


def readers_of(text: str) -> dict[str, str]:
    """The page as each reader sees it, by the name of the tab that they chose."""
    names = dict.fromkeys(name for found in TABS.finditer(text) for name in tabs_of(found[1])) or [""]
    return {name: TABS.sub(lambda found, name=name: tabs_of(found[1]).get(name, ""), text) for name in names}


def tabs_of(text: str) -> dict[str, str]:
    """What each tab says, by its name."""
    _, *parts = TAB.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@functools.cache
def prepared_header() -> str:
    """A folder with the C++ header as GCC has read it, so that it need not be read for each program."""
    folder = tempfile.mkdtemp(prefix="header-")
    atexit.register(shutil.rmtree, folder)
    command = ["c++", *CPP, "-x", "c++-header", ROOT / "include/grantmint.hpp", "-o", f"{folder}/grantmint.hpp.gch"]
    subprocess.run(command, check=True, timeout=LIMIT_S)
    return folder


def library() -> list[str]:
    """What programs in C++ are linked with."""
    folder = Path(os.environ["GRANTMINT_PREFIX"]).absolute() / "lib"
    natives = (ROOT / "ffi/packaging/native_libs").read_text(encoding="utf-8").split()
    return [str(folder / "libgrantmint.a"), *natives]


def steps_of(session: str) -> list[tuple[str, list[str]]]:
    """Each command with what it says."""
    steps: list[tuple[str, list[str]]] = []
    for line in session.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        elif steps and steps[-1][0].endswith("\\") and not steps[-1][1]:
            steps[-1] = (f"{steps[-1][0]}\n{line.removeprefix('> ')}", [])
        elif steps:
            steps[-1][1].append(line)
    return steps


def commands_with(steps: list[tuple[str, list[str]]]) -> str:
    """The command that starts a server, and those before the next one."""
    commands = [command for command, _ in steps]
    servers = (place for place, command in enumerate(commands) if place and command.rstrip().endswith("&"))
    return "\n".join(commands[: next(servers, len(commands))])


def matches(said: list[str], expected: list[str]) -> bool:
    """Whether each line is as the page shows it."""
    patterns = (".*".join(map(re.escape, line.split("…"))) for line in expected)
    return len(said) == len(expected) and all(
        re.fullmatch(pattern, line) for pattern, line in zip(patterns, said, strict=True)
    )


def environment(home: Path) -> dict[str, str]:
    """A reader's machine: the programs of all languages, and the packages beside the reader's files."""
    programs = home / ".programs"
    programs.mkdir()
    for name, of in (("python", "GRANTMINT_PYTHON"), ("grantmint", "GRANTMINT")):
        if os.environ.get(of):
            script = programs / name
            script.write_text(f'#!/bin/sh\nexec "{Path(os.environ[of]).absolute()}" "$@"\n', encoding="utf-8")
            script.chmod(0o755)
    modules = home / "node_modules"
    modules.mkdir()
    for folder in (NODE_PACKAGES, Path(os.environ.get("GRANTMINT_NODE", "")) / "node_modules"):
        for package in folder.glob("*"):
            shutil.rmtree(modules / package.name, ignore_errors=True)
            (modules / package.name).unlink(missing_ok=True)
            (modules / package.name).symlink_to(package.absolute())
    if os.environ.get("GRANTMINT_PREFIX"):
        (home / "grantmint-c").symlink_to(Path(os.environ["GRANTMINT_PREFIX"]).absolute())
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    kept |= {"LIVEKIT_API_KEY": "APIkey", "LIVEKIT_API_SECRET": "a secret of at least thirty-two bytes"}
    kept["NPM_CONFIG_UPDATE_NOTIFIER"] = "false"
    return {**kept, **of_cargo(), "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(home), "PYTHONUNBUFFERED": "1"}


def of_cargo() -> dict[str, str]:
    """Cargo finds its toolchain and its crates although HOME is another, and builds beside what is built already."""
    homes = {name: os.environ.get(name, str(Path.home() / folder)) for name, folder in (("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup"))}
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()
    return {**homes, "CARGO_TARGET_DIR": str(target), "CARGO_NET_OFFLINE": "true"}


def every_page() -> list[str]:
    """The pages that say something to do: all of these folders, and of `docs` itself those with programs."""
    there = [page for kind in ("tutorial", "howto", "reference", "explanation") for page in sorted((ROOT / "docs" / kind).glob("*.md"))]
    there += [page for page in sorted((ROOT / "docs").glob("*.md")) if re.search(r"^<!-- (run|file: .*) -->$", page.read_text(encoding="utf-8"), re.M)]
    return ["ffi/README.md", *(str(page.relative_to(ROOT)) for page in there)]


def main(pages: list[str]) -> int:
    """Follows each page; says of each how many things it had to say, or what is wrong."""
    wrong = 0
    for page in pages:
        for reader, text in readers_of((ROOT / page).read_text(encoding="utf-8")).items():
            what = f"{page}, {reader}" if reader else page
            if f"$ {REDIS}" in text and not shutil.which(REDIS):  # as the list of what was not tried says
                print(f"{what}: {REDIS} is not installed", flush=True)
                continue
            with tempfile.TemporaryDirectory(prefix="page-") as folder:
                try:
                    print(f"{what}: {Page(text, Path(folder)).follow()} done as it says", flush=True)
                except (Wrong, subprocess.TimeoutExpired) as fault:
                    wrong += 1
                    print(f"{what}: {fault}", file=sys.stderr, flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or every_page()))
