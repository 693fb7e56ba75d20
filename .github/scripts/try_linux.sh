#!/usr/bin/env bash
# Tries what was built for a Linux target out where it is to run: try_linux.sh TARGET. For musl that is
# Alpine; for glibc an image that is as old as its oldest promise, and the runner.
set -eu

target=$1
case $target in
*-gnu) python=python:3.10-slim-bullseye node=node:20-bullseye-slim ;;
*-musl) python=python:3.10-alpine node=node:20-alpine ;;
esac

in_container() {
    docker run --rm --network none --volume "$PWD:/src:ro" --workdir /src "$@"
}

in_container "$python" sh -euc '
    pip install --quiet --no-index --target /tmp/site dist/*.whl
    PYTHONPATH=/tmp/site python .github/scripts/try.py'

# shellcheck disable=SC2016 # TARGET is of the container
in_container --env TARGET="$target" "$node" sh -euc '
    cp -r bindings-node packaging LICENSE-* THIRD-PARTY-LICENSES Cargo.toml /tmp && cd /tmp
    node bindings-node/scripts/pack.mjs /tmp/packed "$TARGET=/src/dist/libgrantmint_node.so"
    npm install --prefix /tmp/app --offline --ignore-scripts --silent /tmp/packed/*.tgz
    cp /src/.github/scripts/try.mjs /tmp/app && node /tmp/app/try.mjs'
