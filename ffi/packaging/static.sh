#!/bin/sh
# Makes the static library that is installed: static.sh libgrantmint.a libgrantmint.so OUT.a
#
# What cargo makes holds the whole Rust standard library with names that everybody sees: they would
# clash with those of another Rust library in the program, and a shared library that embeds it would
# export them, and our functions too. So the functions that libgrantmint.so exports, and what they
# need, become one object: theirs are its only names, and no shared library exports them.
set -eu
export LC_ALL=C

archive=$1
shared=$2
out=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${NM:-nm}" -D --defined-only "$shared" | awk '{ print $3 }' >"$work/names"
test -s "$work/names"

# The strictest of a symbol's visibilities is the one that holds, so a mention is enough.
sed 's/^/.hidden /' "$work/names" >"$work/hidden.s"
echo '.section .note.GNU-stack,"",@progbits' >>"$work/hidden.s"
"${AS:-as}" -o "$work/hidden.o" "$work/hidden.s"

# Groups are dissolved: of two with one name the linker keeps the first, and ours have names that
# another library in Rust has, too.
# shellcheck disable=SC2046 # one argument for each name
"${LD:-ld}" -r --gc-sections --force-group-allocation $(sed 's/^/--undefined=/' "$work/names") \
    -o "$work/all.o" "$work/hidden.o" "$archive"

# What --gc-sections drops leaves its undefined symbols behind, and turns weak ones into strong ones.
# Another copy of the standard library asks for some of them weakly, as not every C library has them:
# together they would have to be there. So the symbols go that nothing here refers to.
# Rust's bitcode is of no use to others, and of an LLVM that their tools may not understand.
"${OBJCOPY:-objcopy}" --keep-global-symbols="$work/names" --strip-debug --strip-unneeded \
    --remove-section=.llvmbc --remove-section=.llvmcmd --remove-section=.comment \
    "$work/all.o" "$work/grantmint.o"

rm -f "$out"
# D: neither a time nor an owner, as not every ar leaves them out by itself.
"${AR:-ar}" rcsD "$out" "$work/grantmint.o"
