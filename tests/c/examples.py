#!/usr/bin/env python3
"""Writes the examples in the comments of the header as one program.

    examples.py include/grantmint.h build/examples.c

Each becomes a function with what the header says that examples have. Those marked `c,no_run` are
compiled and not called.
"""

import re
import sys
from pathlib import Path

BLOCK = re.compile(r"^ *\* ```c(,no_run)?\n(.*?)^ *\* ```$", re.DOTALL | re.MULTILINE)
HEAD = """\
/* Written by examples.py from grantmint.h. */
#include <grantmint.h>
#include <stdio.h>
"""
MAIN = """\
int main(void)
{{
    grantmint_api_key_t *key = NULL;
    grantmint_error_t *error = NULL;
    if (grantmint_api_key_from_env(&key, &error) != GRANTMINT_OK)
        return 1;
{calls}    grantmint_api_key_free(key);
    return 0;
}}
"""


def function(number, text, is_run):
    lines = (re.sub(r"^ *\* ?", "", line) for line in text.splitlines())
    body = "".join(f"    {line}\n" if line else "\n" for line in lines)
    # One that is not called is not static: the compiler would warn of it.
    kind = "static void" if is_run else "void"
    declared = f"{kind} example_{number}(const grantmint_api_key_t *key, grantmint_error_t *error)"
    first = "" if is_run else f"{declared};\n"
    unused = "    (void)key;\n    (void)error;\n"
    return f"{first}{declared}\n{{\n{unused}{body}}}\n"


def main(header, out):
    blocks = BLOCK.findall(Path(header).read_text(encoding="utf-8"))
    if len(blocks) < 8:
        raise SystemExit(f"{header} has {len(blocks)} examples: are they still written as ```c?")
    functions = [function(n, text, not mark) for n, (mark, text) in enumerate(blocks)]
    run = (n for n, (mark, _) in enumerate(blocks) if not mark)
    calls = "".join(f"    example_{n}(key, NULL);\n" for n in run)
    program = "\n".join([HEAD, *functions, MAIN.format(calls=calls)])
    Path(out).write_text(program, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
