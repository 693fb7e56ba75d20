#!/bin/sh
# Runs a command that builds what ships, so that its bytes are the same for everybody: release.sh COMMAND…
#
# Compilers write the paths of sources into what they build, for panics, assertions and debuggers. Here they write
# them without the builder's folders: what is of a crate begins with the name of its registry, what is of this
# checkout with grantmint/. What RUSTFLAGS, CARGO_ENCODED_RUSTFLAGS and CFLAGS say already holds beside that; as with
# RUSTFLAGS, cargo then passes over the flags of its own configuration.
#
# Every release build here goes through this one, tests and benchmarks too: to cargo, other flags are another
# build of all crates.
set -eu

main() {
    root=$(cd "$(dirname "$0")/.." && pwd -P)
    sources=$(absolute "${CARGO_HOME:-$HOME/.cargo}")/registry/src
    # The last that fits is taken: the most special one is last.
    add "--remap-path-prefix=$(native "$root")=grantmint"
    if [ "${CARGO_TARGET_DIR:-}" ]; then
        add "--remap-path-prefix=$(native "$(absolute "$CARGO_TARGET_DIR")")=grantmint/target"
    fi
    add "--remap-path-prefix=$(native "$sources")="
    export CARGO_ENCODED_RUSTFLAGS
    map_in_c "$sources"
    exec "$@"
}

# One flag more for rustc. Cargo looks at RUSTFLAGS only if the other variable is not set, which can hold paths
# with spaces.
add() {
    between=$(printf '\037')
    CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS-$(encoded "${RUSTFLAGS:-}")}
    case $between$CARGO_ENCODED_RUSTFLAGS$between in
    *"$between$1$between"*) ;;
    *) CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS:+$CARGO_ENCODED_RUSTFLAGS$between}$1 ;;
    esac
}

encoded() {
    printf '%s' "$1" | tr -s ' ' '\037' | sed "s/^$between//; s/$between\$//"
}

# ring has C in it, with paths for debuggers, which not every system strips. What compiles it takes no path with a
# space from CFLAGS; the compiler of Windows knows no such flag.
map_in_c() {
    case $1 in *[[:space:]]*) return ;; esac
    if command -v cygpath >/dev/null; then return; fi
    flag=-ffile-prefix-map=$1/=
    case " ${CFLAGS:-} " in
    *" $flag "*) ;;
    *) export CFLAGS="${CFLAGS:+$CFLAGS }$flag" ;;
    esac
}

absolute() {
    case $1 in
    /* | [A-Za-z]:*) printf '%s\n' "$1" ;;
    *) printf '%s\n' "$PWD/$1" ;;
    esac
}

# As the compiler sees a path: on Windows, this shell sees another.
native() {
    if command -v cygpath >/dev/null; then cygpath -w "$1"; else printf '%s\n' "$1"; fi
}

main "$@"
