"""The reference of the Python package, from its stub and its sources."""

from __future__ import annotations

import ast
import re

from contents import ROOT

PACKAGE = ROOT / "bindings-python/python/grantmint"
SECTION = re.compile(r"^(Args|Raises|Returns|Yields|Attributes|Example|Examples):$")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def page() -> str:
    """Each public name of the package, with its methods."""
    found = definitions()
    parts = ["# Python\n\nWhat the package says of itself. [Python](../python.md) is the guide.\n"]
    for name in public():
        for node in found.get(name, [])[:1]:
            parts += entry(name, node, found)
    return "\n".join(parts)


def public() -> list[str]:
    """The names that `from grantmint import *` brings, classes and functions in the order of the alphabet."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return sorted(ast.literal_eval(node.value), key=str.lower)
    raise SystemExit("the package has no __all__")


def definitions() -> dict[str, list[ast.ClassDef | Function]]:
    """The definitions of each name: those in Python first, then those of the native half."""
    found: dict[str, list[ast.ClassDef | Function]] = {}
    for path in [*sorted(PACKAGE.glob("*.py")), PACKAGE / "_native.pyi"]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | Function):
                found.setdefault(node.name, []).append(node)
    return found


def entry(name: str, node: ast.ClassDef | Function, found: dict) -> list[str]:
    if not isinstance(node, ast.ClassDef):
        return [f"## {name}\n\n{signature(name, node)}\n{said(node)}\n"]
    # A class in Python that stands on a native one of the same name has its methods, too.
    nodes = found[name]
    methods: dict[str, Function] = {}
    for each in nodes:
        for part in each.body:
            if isinstance(part, Function):
                methods.setdefault(part.name, part)
    made = next((methods[each] for each in ("__new__", "__init__") if each in methods), None)
    parts = [f"## {name}\n\n{signature(name, made) if made else ''}\n{said(node)}\n"]
    for method, part in methods.items():
        if not method.startswith("_") and ast.get_docstring(part):
            parts.append(f"### {name}.{method}\n\n{signature(method, part)}\n{said(part)}\n")
    return parts


def signature(name: str, node: Function) -> str:
    """How it is called, without self."""
    arguments = node.args
    if arguments.args and arguments.args[0].arg in ("self", "cls"):
        arguments.args = arguments.args[1:]
    marks = [ast.unparse(mark) for mark in node.decorator_list]
    returns = f" -> {ast.unparse(node.returns)}" if node.returns and not name[0].isupper() else ""
    if "property" in marks:
        return f"```python\n{name}{returns.replace(' ->', ':')}\n```\n"
    before = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
    text = f"{before}{name}({ast.unparse(arguments)}){returns}"
    if len(text) > 88:
        inner = re.split(r", (?![^\[({]*[\])}])", ast.unparse(arguments))
        text = f"{before}{name}(\n    " + ",\n    ".join(inner) + f",\n){returns}"
    return f"```python\n{text}\n```\n"


def said(node: ast.ClassDef | Function) -> str:
    """The docstring, with its sections as lists."""
    parts: list[str] = []
    section = ""
    for line in (ast.get_docstring(node) or "").splitlines():
        if found := SECTION.match(line):
            if section == "Example":
                parts.append("```")
            section = "Example" if found[1].startswith("Example") else found[1]
            parts.append(f"\n**{found[1]}**\n" if section != "Example" else "\n**Example**\n\n```pycon")
        elif section == "Example":
            parts.append(line.removeprefix("    "))
        elif section and re.match(r" {4}\S", line):
            item = re.match(r"    (\*{0,2}[\w.]+): (.*)", line)
            parts.append(f"- `{item[1]}`: {item[2]}" if item else line.strip())
        else:
            parts.append(f"  {line.strip()}" if section and line.strip() else line)
    if section == "Example":
        parts.append("```")
    return unquoted("\n".join(parts))


def unquoted(text: str) -> str:
    """Double backticks as Markdown has them; fences stay."""
    return re.sub(r"(?<!`)``(?!`)", "`", text)
