#!/bin/sh
# Checks that libgrantmint.so exports our functions and nothing else.
set -eu
export LC_ALL=C
library=$1
nm -D --defined-only "$library" | awk '{ print $3 }' | sort | diff - "$(dirname "$0")/symbols.txt"
