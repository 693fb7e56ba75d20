#!/bin/sh
# Lists the Pythons that tests can run on, the newest first, each as a line "3.13 /path/of/its/python3".
# They are final releases of CPython since 3.10 that can make virtual environments. The PATH is searched,
# then pyenv's versions; of two with the same version the first counts.
set -eu

# An interpreter in a virtual environment stands for the one that the environment was made from.
probe='
import sys, sysconfig
import ensurepip, venv
version = sys.version_info
if sys.implementation.name != "cpython" or version < (3, 10) or version.releaselevel != "final":
    sys.exit(1)
if sysconfig.get_config_var("Py_GIL_DISABLED"):
    sys.exit(1)  # the stable ABI, which the wheel is built for, is not for these
print(f"{version.major}.{version.minor}", sys._base_executable)
'

candidates() {
    printf '%s\n' "$PATH" | tr : '\n' | while read -r folder; do
        # pyenv's shims are slow; its versions come below.
        case $folder in */shims) continue ;; esac
        ls -d "$folder"/python3 "$folder"/python3.[0-9] "$folder"/python3.[0-9][0-9] 2>/dev/null || true
    done
    ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python3 2>/dev/null || true
}

found=$(candidates | while read -r python; do
    "$python" -c "$probe" 2>/dev/null </dev/null || true
done | awk '!seen[$1]++' | sort -t . -k 2,2nr)

if [ -z "$found" ]; then
    echo "no CPython 3.10 or newer with venv was found on the PATH or among pyenv's" >&2
    exit 1
fi
printf '%s\n' "$found"
