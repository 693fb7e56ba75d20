#!/bin/sh
# Checks that libgrantmint.so exports our functions and nothing else, and what programs know it by.
set -eu
export LC_ALL=C
library=$1
nm -D --defined-only "$library" | awk '{ print $3 }' | sort | diff - "$(dirname "$0")/symbols.txt"
readelf -d "$library" | grep -q 'SONAME.*\[libgrantmint\.so\.0\]'
readelf -d "$library" | grep -q 'FLAGS_1.*NODELETE'
