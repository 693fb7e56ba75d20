#!/usr/bin/env bash
# Builds for the machine that it runs on, macOS or Windows: build_native.sh TARGET. What is made lies in
# dist/.
set -eu

target=$1
# Older systems than these are not looked after by Apple either.
export MACOSX_DEPLOYMENT_TARGET=12.0

mkdir -p dist
python bindings-python/driver.py wheel
cp target/wheels/*.whl dist/

# One by one: built together, they would get each other's features.
for package in grantmint-node grantmint-ffi; do
    packaging/release.sh cargo build --release --locked -p "$package"
done
case $target in
*-apple-*) cp target/release/libgrantmint_node.dylib dist/ ;;
*-windows-*) cp target/release/grantmint_node.dll dist/ ;;
esac
.github/scripts/c_tarball.sh "$target"
.github/scripts/cli_tarball.sh "$target"
