#!/usr/bin/env bash
# Installs the C and C++ library under a prefix: install.sh TARGET_DIR PREFIX [DESTDIR]
# TARGET_DIR is where cargo left the release build.
set -eu

target=$1
prefix=$2
root=${3:-}$prefix
here=$(cd "$(dirname "$0")" && pwd)
include=$here/../../include

version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/../../Cargo.toml" | head -n 1)
soversion=${version%%.*}
# What rustc says that the static library needs; a test compares.
native_libs="-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc"
native_list=$(echo "$native_libs" | sed 's/-l//g; s/ /;/g')

fill() {
    sed -e "s|@PREFIX@|$prefix|g" -e "s|@VERSION@|$version|g" -e "s|@SOVERSION@|$soversion|g" \
        -e "s|@NATIVE_LIBS@|$native_libs|g" -e "s|@NATIVE_LIBS_LIST@|$native_list|g" "$1" >"$2"
    chmod 644 "$2"
}

install -d "$root/include" "$root/lib/pkgconfig" "$root/lib/cmake/grantmint"
install -m 644 "$include/grantmint.h" "$include/grantmint.hpp" "$root/include"
install -m 644 "$target/release/libgrantmint.a" "$root/lib"
install -m 755 "$target/release/libgrantmint.so" "$root/lib/libgrantmint.so.$version"
ln -sf "libgrantmint.so.$version" "$root/lib/libgrantmint.so.$soversion"
ln -sf "libgrantmint.so.$soversion" "$root/lib/libgrantmint.so"
fill "$here/grantmint.pc.in" "$root/lib/pkgconfig/grantmint.pc"
for file in grantmint-config.cmake grantmint-config-version.cmake; do
    fill "$here/$file.in" "$root/lib/cmake/grantmint/$file"
done
