#!/bin/sh
# Removes what install.sh has put under PREFIX, LIBDIR and DESTDIR, of any version.
set -eu

prefix=${DESTDIR:-}${PREFIX:-/usr/local}
libraries=$prefix/${LIBDIR:-lib}

if [ "$prefix" -ef "$(dirname "$0")/../.." ]; then
    echo "PREFIX is this checkout, $prefix: nothing is installed there" >&2
    exit 2
fi

rm -f "$prefix/include/grantmint.h" "$prefix/include/grantmint.hpp"
rm -f "$libraries/libgrantmint.a" "$libraries/libgrantmint.so" "$libraries"/libgrantmint.so.[0-9]*
rm -f "$libraries/pkgconfig/grantmint.pc" "$libraries/pkgconfig/grantmint-static.pc"
rm -f "$libraries/cmake/grantmint/grantmint-config.cmake"
rm -f "$libraries/cmake/grantmint/grantmint-config-version.cmake"
for name in LICENSE-MIT LICENSE-APACHE THIRD-PARTY-LICENSES grantmint-c.cdx.json; do
    rm -f "$prefix/share/doc/grantmint/$name"
done
for folder in "$libraries/cmake/grantmint" "$prefix/share/doc/grantmint"; do
    if [ -d "$folder" ]; then
        # What others have put there stays.
        rmdir --ignore-fail-on-non-empty "$folder"
    fi
done
