#!/bin/sh
# Fails unless cargo builds for this target, as what is packed is named for it: builds_for.sh TARGET.
set -eu

built=${CARGO_BUILD_TARGET:-$(rustc -vV | sed -n 's/^host: //p')}
if [ "$built" != "$1" ]; then
    echo "cargo builds for $built here, not for $1" >&2
    exit 1
fi
