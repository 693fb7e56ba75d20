#!/bin/sh
# How long each part of a long run takes: one list, in target/laps.txt.
#
#   laps.sh start       begins a new list
#   laps.sh lap NAME    NAME has taken the time since the last lap
#   laps.sh show        prints the list, what took longest first
set -eu
target=${CARGO_TARGET_DIR:-$(dirname "$0")/../../target}
list=$target/laps.txt
last=$target/laps.last
mkdir -p "$target"

case $1 in
start)
    : >"$list"
    date +%s >"$last"
    ;;
lap)
    now=$(date +%s)
    # A target that is run by itself is not timed.
    if [ -f "$last" ]; then
        echo "$((now - $(cat "$last"))) $2" >>"$list"
        echo "$now" >"$last"
    fi
    ;;
show)
    sort -rn "$list" | awk '{ printf "%6d s  %s\n", $1, $2; sum += $1 } END { printf "%6d s  in all\n", sum }'
    rm -f "$last"
    ;;
esac
