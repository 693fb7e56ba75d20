#!/bin/sh
# Installs what these tests need where it is missing: cmake and pkg-config from the system's packages
# if we may, else into a virtual environment in the folder that is given; cpp-httplib, for the token
# server, from the system's packages.
set -eu
"$(dirname "$0")/../c/install_cmake.sh" "$1"

apt() {
    apt-get install -y "$1" || { apt-get update && apt-get install -y "$1"; }
}
may_apt=$(test "$(id -u)" = 0 && command -v apt-get || true)

if ! command -v pkg-config >/dev/null; then
    if [ "$may_apt" ]; then
        apt pkgconf
    else
        python3 -m venv "$1"
        "$1/bin/pip" install --quiet pkgconf
    fi
fi
if ! pkg-config --exists cpp-httplib && [ "$may_apt" ]; then
    apt libcpp-httplib-dev
fi
