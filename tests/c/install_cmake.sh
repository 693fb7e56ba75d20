#!/bin/sh
# Installs cmake where it is missing: from the system's packages if we may, else into a virtual
# environment in the folder that is given.
set -eu
if command -v cmake >/dev/null && command -v ctest >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get install -y cmake || { apt-get update && apt-get install -y cmake; }
    exit 0
fi
python3 -m venv "$1"
"$1/bin/pip" install --quiet cmake
