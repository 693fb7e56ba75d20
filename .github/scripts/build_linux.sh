#!/bin/sh
# Builds for one Linux target inside a manylinux or musllinux container, so that all of it runs with old
# C libraries: build_linux.sh TARGET. What is made lies in dist/. RUST is the compiler's version.
set -eu

target=$1
export PATH="/opt/python/cp313-cp313/bin:$HOME/.cargo/bin:$PATH"

curl --proto '=https' --tlsv1.2 --fail --silent --show-error https://sh.rustup.rs |
    sh -s -- -y --profile minimal --default-toolchain "$RUST"

mkdir -p dist
case $target in
*-gnu)
    # zig links the wheel and the addon for a C library that is older still.
    python3.13 bindings-python/driver.py wheel
    bindings-node/scripts/zig.sh "$target"
    cp "target/$target/release/libgrantmint_node.so" dist/
    ;;
*-musl)
    # Only so can a library be made for musl that is loaded.
    export RUSTFLAGS="-C target-feature=-crt-static"
    python3.13 -m venv target/maturin
    grep '^maturin==' bindings-python/requirements-tools.txt >target/maturin/requirements.txt
    target/maturin/bin/pip install --quiet --requirement target/maturin/requirements.txt
    packaging/release.sh target/maturin/bin/maturin build --release --locked --out target/wheels \
        --manifest-path bindings-python/Cargo.toml \
        --sbom-include "$PWD/packaging/sboms/linux-${target%%-*}/grantmint-python.cdx.json"
    packaging/release.sh cargo build --release --locked -p grantmint-node
    cp target/release/libgrantmint_node.so dist/
    ;;
esac
cp target/wheels/*.whl dist/
# One source package is enough.
test "$target" != x86_64-unknown-linux-gnu || cp target/wheels/*.tar.gz dist/

.github/scripts/c_tarball.sh "$target"
.github/scripts/cli_tarball.sh "$target"
