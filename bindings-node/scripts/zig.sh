#!/bin/sh
# Builds the addon for release on Linux, linked by zig for C libraries that are older than Node needs, as builds of Node
# by others go further back: zig.sh TARGET [OPTION OF CARGO…]. It is left in target/TARGET/release.
set -eu

GLIBC=2.17
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)

main() {
    target=$1
    shift
    cd "$root"
    tools=$(tools)
    unwinder=$(unwinder)
    PATH=$tools:$PATH packaging/release.sh cargo-zigbuild rustc --release --locked --package grantmint-node "$@" \
        --target "$target.$GLIBC" -- -C "link-arg=$unwinder"
}

# The folder with zig's programs, in a virtual environment of their own.
tools() {
    home=${CARGO_TARGET_DIR:-target}/venv-zig
    mkdir -p "$home"
    home=$(cd "$home" && pwd -P)
    if ! cmp -s "$here/requirements.txt" "$home/requirements.txt"; then
        python3 -m venv --clear "$home" >&2
        "$home/bin/pip" install --quiet --requirement "$here/requirements.txt" >&2
        cp "$here/requirements.txt" "$home"
    fi
    echo "$home/bin"
}

# The compiler's own unwinder. zig would link in another, beside the one that Node has loaded.
unwinder() {
    found=$(cc -print-file-name=libgcc_s.so.1)
    case $found in
    /*) readlink -f "$found" ;;
    *)
        echo "the C compiler has no libgcc_s.so.1" >&2
        return 1
        ;;
    esac
}

main "$@"
