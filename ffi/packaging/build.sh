#!/bin/sh
# Builds the C library for release, and prints the folder that cargo left it in. Where that is depends on
# the environment and on cargo's own configuration (a target, a target directory): cargo is asked.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# A failure of cargo's is to end this, so it is not the first command of a pipe.
messages=$(cd "$here/../.." && packaging/release.sh ${CARGO:-cargo} build --release --locked \
    --package grantmint-ffi --message-format=json-render-diagnostics)
folders=$(printf '%s\n' "$messages" | grep '"reason":"compiler-artifact"' | tr '"' '\n' |
    sed -n 's|/libgrantmint\.a$||p' | sort -u)
if [ "$(printf '%s\n' "$folders" | wc -l)" != 1 ] || [ ! -f "$folders/libgrantmint.so" ]; then
    echo "cargo did not build one libgrantmint.a with its libgrantmint.so: ${folders:-none}" >&2
    exit 1
fi
printf '%s\n' "$folders"
