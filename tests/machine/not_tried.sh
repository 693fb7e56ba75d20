#!/bin/sh
# What was not tried on this machine, and why: one list, which every test adds to and which is shown last.
#
#   not_tried.sh start             begins a new list
#   not_tried.sh note WHAT WHY     this machine lacks what WHAT needs; fails if GRANTMINT_TRY_ALL is set
#   not_tried.sh extra WHAT WHY    WHAT needs something that no test run has to have
#   not_tried.sh show              prints the list
set -eu
target=${CARGO_TARGET_DIR:-$(dirname "$0")/../../target}
list=$target/not-tried.txt
mkdir -p "$target"

add() {
    line="$1: $2"
    echo "not tried: $line" >&2
    grep -qxF -- "$line" "$list" 2>/dev/null || echo "$line" >>"$list"
}

case $1 in
start) : >"$list" ;;
extra) add "$2" "$3" ;;
note)
    add "$2" "$3"
    if [ "${GRANTMINT_TRY_ALL:-}" ]; then
        echo "GRANTMINT_TRY_ALL is set: everything has to be tried" >&2
        exit 1
    fi
    ;;
show)
    if [ -s "$list" ]; then
        echo "Not tried on this machine:"
        sed 's/^/  /' "$list"
    else
        echo "Everything was tried on this machine."
    fi
    ;;
esac
