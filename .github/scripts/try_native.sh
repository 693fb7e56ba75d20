#!/usr/bin/env bash
# Tries what was built for this machine out, macOS or Windows: try_native.sh TARGET.
set -eu

target=$1
python -m venv target/tried
python=target/tried/bin/python
test -e "$python" || python=target/tried/Scripts/python.exe
"$python" -m pip install --quiet --no-index dist/*.whl
"$python" .github/scripts/try.py

library=$(echo dist/*grantmint_node.*)
node bindings-node/scripts/pack.mjs target/packed "$target=$library"
mkdir -p target/app
npm install --prefix target/app --offline --ignore-scripts --silent target/packed/*.tgz
cp .github/scripts/try.mjs target/app
node target/app/try.mjs
