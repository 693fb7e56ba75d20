#!/bin/sh
# Removes what install.sh has put under PREFIX, LIBDIR and DESTDIR, of any version.
set -eu

prefix=${DESTDIR:-}${PREFIX:-/usr/local}
libraries=$prefix/${LIBDIR:-lib}

rm -f "$prefix/include/grantmint.h" "$prefix/include/grantmint.hpp"
rm -f "$libraries/libgrantmint.a" "$libraries/libgrantmint.so" "$libraries"/libgrantmint.so.[0-9]*
rm -f "$libraries/pkgconfig/grantmint.pc" "$libraries/pkgconfig/grantmint-static.pc"
rm -f "$libraries/cmake/grantmint/grantmint-config.cmake"
rm -f "$libraries/cmake/grantmint/grantmint-config-version.cmake"
if [ -d "$libraries/cmake/grantmint" ]; then
    rmdir "$libraries/cmake/grantmint"
fi
