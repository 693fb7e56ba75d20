#!/usr/bin/env bash
# Runs the fuzzers, as many at once as there are processors: run.sh FOLDER SECONDS [TARGET…]
#
# FOLDER keeps cargo-fuzz if it is not installed, the inputs that are found (the next run goes on from
# there), and those that fail. An input that fails is also run by hand: FOLDER/…/release/TARGET FILE.
set -eu

folder=$(mkdir -p "$1" && cd "$1" && pwd)
seconds=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -eq 0 ]; then
    for file in "$here"/targets/*.rs; do
        name=${file##*/}
        set -- "$@" "${name%.rs}"
    done
fi

export PATH="$folder/tools/bin:$PATH"
cargo fuzz --version >/dev/null 2>&1 ||
    cargo install --quiet --locked --root "$folder/tools" cargo-fuzz@0.13.2

host=$(rustc -vV | sed -n 's/^host: //p')
# Lines in traces; everything else as it ships, under the address sanitizer.
CARGO_PROFILE_RELEASE_STRIP=none CARGO_TARGET_DIR=$folder \
    cargo "+${FUZZ_TOOLCHAIN:-nightly}" fuzz build --fuzz-dir "$here" --features libfuzzer

fuzz() {
    local target=$1 log=$folder/$1.log
    local corpus=$folder/corpus/$target failures=$folder/failures/$target
    mkdir -p "$corpus" "$failures"
    local words=$here/dictionaries/$target.dict
    [ -e "$words" ] || words=$here/dictionaries/json.dict
    # More time or memory than this for one input is a fault too.
    if ! "$folder/$host/release/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -dict="$words" -artifact_prefix="$failures/" -print_final_stats=1 \
        "$corpus" "$here/corpus/$target" >"$log" 2>&1; then
        # Without the traces of allocations; the file has everything.
        grep -a -A 30 -m 1 -E 'panicked|ERROR: ' "$log" || tail -n 30 "$log"
        printf '%-10s failed: %s\n' "$target" "$log"
        return 1
    fi
    awk -v target="$target" '
        /executed_units/ { runs = $2 } /exec_per_sec/ { rate = $2 } /peak_rss/ { memory = $2 }
        END { printf "%-10s %9d inputs, %6d a second, %4d MB\n", target, runs, rate, memory }' "$log"
}

failed=0
running=0
for target in "$@"; do
    fuzz "$target" &
    running=$((running + 1))
    if [ "$running" -ge "$(getconf _NPROCESSORS_ONLN)" ]; then
        wait -n || failed=1
        running=$((running - 1))
    fi
done
while [ "$running" -gt 0 ]; do
    wait -n || failed=1
    running=$((running - 1))
done
exit "$failed"
