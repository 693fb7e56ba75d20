#!/usr/bin/env bash
# Sorts what was built for each target by where it is published, and makes the npm packages: pack.sh
# BUILT OUT. BUILT has a folder built-TARGET for each.
set -eu

built=$1
out=$2
mkdir -p "$out/python" "$out/npm" "$out/c" "$out/cli" "$out/SHA256SUMS"

libraries=()
for folder in "$built"/built-*; do
    cp "$folder"/*.whl "$out/python"
    cp "$folder"/grantmint-c-*.tar.gz "$out/c"
    cp "$folder"/grantmint-cli-*.tar.gz "$out/cli"
    library=$(echo "$folder"/*grantmint_node.*)
    libraries+=("${folder##*/built-}=$library")
done
cp "$built"/built-x86_64-unknown-linux-gnu/grantmint-[0-9]*.tar.gz "$out/python"
node bindings-node/scripts/pack.mjs "$out/npm" "${libraries[@]}"
node bindings-node/scripts/check.mjs "$out/npm"

(cd "$out" && sha256sum python/* npm/* c/* cli/*) >"$out/SHA256SUMS/SHA256SUMS"
