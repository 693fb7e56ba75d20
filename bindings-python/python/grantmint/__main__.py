"""The command line: the script ``grantmint``, and ``python -m grantmint``."""

import sys

from grantmint._native import _command_line


def main() -> int:
    """Runs the command line that this process was started with, and returns its exit code."""
    return _command_line(["grantmint", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
