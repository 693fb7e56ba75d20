#!/usr/bin/env python3
"""Checks that grantmint.hpp has everything: it calls every function of C, has every name that the
list of what all languages offer gives for C++, in the class that it gives it for, and says of every
public name what it is.

    surface.py path/to/repository
"""

import json
import re
import sys
from pathlib import Path

# What C++ has no use for: its options are always initialised, and what an error is called and whether
# it can be retried follows from its code.
NOT_CALLED = {"grantmint_options_init", "grantmint_error_code", "grantmint_error_is_retryable"}
# Cells of the list that are words, not names.
WORDS = {"constructor", "destructor", "a vector", "a string", "std::string", "std::vector"}
# What std::runtime_error gives to an error.
INHERITED = {"error": "what"}

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
CLASS = re.compile(r"\b(?:class|struct)\s+(?:GRANTMINT_ONE_TYPE_\s+)?(\w+)\s*(:[^;{()]*)?\{")


def body(code, start):
    """What stands between the brace before `start` and the one that closes it."""
    depth, end = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(code[end], 0)
        end += 1
    return code[start : end - 1]


def classes(code):
    """The words in each class, those in its bases too."""
    found = {}
    for match in CLASS.finditer(code):
        words = set(re.findall(r"\w+", body(code, match.end())))
        for base in re.findall(r"\w+", match[2] or ""):
            words |= found.get(base, set())
        found.setdefault(match[1], set()).update(words)
    return found


def missing_names(code, surface):
    words, members = set(re.findall(r"\w+", code)), classes(code)
    for function in surface["functions"]:
        name = function["cpp"]
        if name is not None and name.split("::")[-1] not in words:
            yield f"has no {name} ({function['name']})"
    for each in surface["classes"]:
        if each["cpp"] is None or each["cpp"] in WORDS:
            continue
        of_class = members.get(each["cpp"], {"no such class"}) | {INHERITED.get(each["cpp"])}
        for method in each["methods"]:
            name = method["cpp"]
            if name is not None and name not in WORDS and name not in of_class:
                yield f"has no {each['cpp']}::{name} ({each['name']}.{method['name']})"


def missing_codes(code, surface):
    for kind in surface["error_kinds"]:
        if not re.search(rf"\b{kind['code']} = GRANTMINT_ERR_{kind['code'].upper()},", code):
            yield f"has no errc::{kind['code']}"


TYPE = re.compile(r"(?:class|struct|enum class) ")
MEMBER = re.compile(r"[\w:<>, ]+ \w+(?: = .*|\{.*\})?[,;]|\w+ = GRANTMINT_\w+,")
NO_NAME = re.compile(r"/[/*]|#|\}|\w+:$|friend |(?:inline )?namespace |class \w+;")


def undocumented(header):
    """Where a paragraph, a member of a struct or an enumerator has no comment; not what is private."""
    in_detail = private = in_type = False
    before = ""
    for number, line in enumerate(header.splitlines(), 1):
        text, indent = line.strip(), len(line) - len(line.lstrip())
        in_detail = text != "}  // namespace detail" if in_detail else text == "namespace detail {"
        if indent == 0 and text:
            in_type, private = TYPE.match(text) is not None, False
        if text in ("public:", "private:", "protected:"):
            private = text != "public:"
        names = before in ("", "public:") or in_type and MEMBER.fullmatch(text)
        public = text and indent <= 4 and not in_detail and not private
        if public and names and not NO_NAME.match(text) and not before.startswith("///"):
            yield f"says nothing of line {number}: {text}"
        before = text


def main(root):
    root = Path(root)
    header = (root / "include/grantmint.hpp").read_text(encoding="utf-8")
    code = COMMENT.sub("", header)
    symbols = (root / "tests/c/symbols.txt").read_text(encoding="utf-8").split()
    surface = json.loads((root / "tests/conformance/surface.json").read_text(encoding="utf-8"))

    called = set(re.findall(r"\bgrantmint_\w+", code))
    faults = [f"does not call {name}" for name in symbols if name not in called | NOT_CALLED]
    faults += missing_names(code, surface)
    faults += missing_codes(code, surface)
    faults += undocumented(header)
    for fault in faults:
        print(f"grantmint.hpp {fault}", file=sys.stderr)
    print(f"{len(symbols)} functions of C, {len(surface['classes'])} classes")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
