#!/bin/sh
# Installs the C and C++ library that cargo left in a folder: install.sh target/release
#
#   PREFIX   where it is to be found: /usr/local
#   LIBDIR   where the libraries go, below PREFIX: lib
#   DESTDIR  a folder to install into that PREFIX is put behind, for packages
#
# Needs binutils. For another target than this machine, set AR, AS, LD, NM, OBJCOPY, READELF
# and STRIP.
set -eu

built=$1
prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-lib}
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
include=$root/include

case $prefix in /*) ;; *) echo "PREFIX must be absolute: $prefix" >&2; exit 2 ;; esac
if [ "${DESTDIR:-}$prefix" -ef "$root" ]; then
    echo "PREFIX is this checkout, $prefix: the library needs another folder, such as $prefix-c" >&2
    exit 2
fi
case /$libdir/ in //* | */../* | */./*) echo "LIBDIR must be below PREFIX: $libdir" >&2; exit 2 ;; esac
for library in libgrantmint.a libgrantmint.so; do
    if [ ! -f "$built/$library" ]; then
        echo "$built has no $library: build.sh builds it, and prints its folder" >&2
        exit 1
    fi
done

version=$(sed -n 's/^#define GRANTMINT_VERSION "\(.*\)"$/\1/p' "$include/grantmint.h")
soname=$("${READELF:-readelf}" -d "$built/libgrantmint.so" | sed -n 's/.*SONAME.*\[\(.*\)\]$/\1/p')
url=$(sed -n 's/^repository = "\(.*\)"$/\1/p' "$root/Cargo.toml")
native_libs=$(cat "$here/native_libs")
header=$("${READELF:-readelf}" -h "$built/libgrantmint.so")
case $header in *ELF64*) word=8 ;; *) word=4 ;; esac
# There is an SBOM for what is released.
case $header in
*X86-64*) sbom=$root/packaging/sboms/linux-x86_64/grantmint-c.cdx.json ;;
*AArch64*) sbom=$root/packaging/sboms/linux-aarch64/grantmint-c.cdx.json ;;
*) sbom= ;;
esac
# The way from LIBDIR back to PREFIX.
up=$(echo "$libdir" | sed 's/[^/][^/]*/../g')

# As long as the project has no address, there is no line with one.
fill() {
    sed -e "/@URL@/{s|@URL@|$url|;/^URL: $/d}" \
        -e "s|@VERSION@|$version|g" -e "s|@SONAME@|$soname|g" -e "s|@LIBDIR@|$libdir|g" \
        -e "s|@UP@|$up|g" -e "s|@WORD@|$word|g" -e "s|@NATIVE_LIBS@|$native_libs|g" \
        -e "s|@NATIVE_LIBS_LIST@|$(echo "$native_libs" | sed 's/-l//g; s/ /;/g')|g" \
        "$here/${1##*/}.in" >"$1"
    chmod 644 "$1"
}

headers=${DESTDIR:-}$prefix/include
libraries=${DESTDIR:-}$prefix/$libdir

documents=${DESTDIR:-}$prefix/share/doc/grantmint

install -d "$headers" "$libraries/pkgconfig" "$libraries/cmake/grantmint" "$documents"
install -m 644 "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$root/THIRD-PARTY-LICENSES" \
    ${sbom:+"$sbom"} "$documents"
install -m 644 "$include/grantmint.h" "$include/grantmint.hpp" "$headers"

"$here/static.sh" "$built/libgrantmint.a" "$built/libgrantmint.so" "$libraries/libgrantmint.a"
chmod 644 "$libraries/libgrantmint.a"
"${STRIP:-strip}" --strip-unneeded -o "$libraries/libgrantmint.so.$version" "$built/libgrantmint.so"
chmod 755 "$libraries/libgrantmint.so.$version"
ln -sf "libgrantmint.so.$version" "$libraries/$soname"
ln -sf "$soname" "$libraries/libgrantmint.so"

for name in grantmint grantmint-static; do
    fill "$libraries/pkgconfig/$name.pc"
done
for name in grantmint-config grantmint-config-version; do
    fill "$libraries/cmake/grantmint/$name.cmake"
done
