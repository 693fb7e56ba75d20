#!/bin/sh
# The C and C++ library of one target as a tarball: c_tarball.sh TARGET [FOLDER], which is dist. On Linux it is what
# `make install` installs; elsewhere the headers and what cargo made: what static.sh does takes GNU binutils.
set -eu

target=$1
out=${2:-dist}
.github/scripts/builds_for.sh "$target"
version=$(sed -n 's/^#define GRANTMINT_VERSION "\(.*\)"$/\1/p' include/grantmint.h)
name=grantmint-c-$version-$target
rm -rf "target/$name"
mkdir -p "target/$name/include" "target/$name/lib"

built=${CARGO_TARGET_DIR:-target}/${CARGO_BUILD_TARGET:+$CARGO_BUILD_TARGET/}release
case $target in
*-linux-*)
    system=linux
    DESTDIR=$PWD/target/$name PREFIX=/ ffi/packaging/install.sh "$(ffi/packaging/build.sh)"
    ;;
*-apple-*)
    system=macos
    cp include/grantmint.h include/grantmint.hpp "target/$name/include"
    cp "$built/libgrantmint.a" "$built/libgrantmint.dylib" "target/$name/lib"
    ;;
*-windows-*)
    system=windows
    cp include/grantmint.h include/grantmint.hpp "target/$name/include"
    cp "$built/grantmint.lib" "$built/grantmint.dll" "$built/grantmint.dll.lib" "target/$name/lib"
    ;;
esac
cp LICENSE-MIT LICENSE-APACHE THIRD-PARTY-LICENSES CHANGELOG.md \
    "packaging/sboms/$system-${target%%-*}/grantmint-c.cdx.json" "target/$name"
.github/scripts/tarball.sh "$name" "$out"
