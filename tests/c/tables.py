#!/usr/bin/env python3
"""Writes the vectors that every language runs as tables of C, so that the tests need no JSON reader.

    tables.py tests/vectors build/tables

Each object becomes an initialiser with its members named: one that the struct in C does not have is
an error of the compiler.
"""

import json
import sys
from pathlib import Path

# Members that hold a grant or its parameters: JSON that C sees as text.
AS_JSON = {"grant", "outgoing_application_params"}
# Members of an answer of a source that is a text and a number.
ANSWER = {"name", "only", "asked", "grant", "ttl", "serves", "code", "says"}


def literal(text):
    """A literal of C; what is not plain ASCII in octal, which no digit after it can change."""
    plain = (chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in text.encode())
    return f'"{"".join(plain)}"'


def value(item):
    if item is None:
        return "NOTHING"
    if isinstance(item, (bool, int, float)):
        return f"NUMBER({float(item)!r})"
    if isinstance(item, str):
        return f"TEXT({literal(item)})"
    raise SystemExit(f"a value of an unknown kind: {item!r}")


def members(fields):
    """The members of an initialiser; those of objects in it too."""
    for name, item in fields.items():
        if isinstance(item, dict) and name in AS_JSON:
            item = json.dumps(item, ensure_ascii=False, separators=(",", ":"))
        if isinstance(item, dict):
            yield f".{name} = {{{', '.join(members(item))}}}"
        elif isinstance(item, list):
            items = ", ".join(f"{{{', '.join(members(each))}}}" for each in item)
            yield f".{name} = {{{items}}}, .{name}_len = {len(item)}"
        else:
            yield f".{name} = {value(item)}"


def table(kind, name, rows):
    yield f"static const {kind} {name}[] = {{"
    for row in rows:
        yield f"    {{{', '.join(row)}}},"
    yield "};"


def access_tokens(cases):
    given = ({k: v for k, v in case.items() if v is not None and v != []} for case in cases)
    yield from table("token_case_t", "TOKEN_CASES", map(members, given))


def cache_scenarios(scenarios):
    # Policies of C have no session: a credential has one.
    scenarios = [scenario for scenario in scenarios if "session" not in scenario["policy"]]
    for index, scenario in enumerate(scenarios):
        yield from table("step_t", f"STEPS_{index}", map(members, scenario["steps"]))
    rows = []
    for index, scenario in enumerate(scenarios):
        steps = f".steps = STEPS_{index}, .steps_len = {len(scenario['steps'])}"
        rows.append([*members({k: v for k, v in scenario.items() if k != "steps"}), steps])
    yield from table("scenario_t", "SCENARIOS", rows)


def source_answers(answers):
    """Those that are a text and a number; the others are for languages with values of many types."""
    plain = ({k: v for k, v in row.items() if k in ANSWER} for row in answers if "grant" in row)
    yield from table("answer_t", "ANSWERS", map(members, plain))


def grant_ttls(rows):
    yield from table("row_t", "ROWS", map(members, rows))


ADDRESS = "https://ADDRESS"


def compact(item):
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"))


def moved(source):
    """A description of the same service at another address. What only its host was made of goes."""
    path = "/" + source["url"].split("://")[1].partition("/")[2]
    source = {**source, "url": ADDRESS + path}
    text = compact({name: value for name, value in source.items() if name != "vars"})
    known = source.pop("vars", {})
    return {**source, "vars": {name: value for name, value in known.items() if f"{{{name}}}" in text}}


def secrets_of(row):
    secrets = row.get("secrets") or {}
    pairs = ", ".join(f"{{{literal(k)}, {literal(v)}}}" for k, v in secrets.items())
    return f"{{{pairs or '{NULL, NULL}'}}}, {len(secrets)}"


def rest_rows(read):
    """Of a REST source: rows of rest_row.h, which C++ has, too."""
    yield "static const rest_service_t REST_SERVICES[] = {"
    for row in read("rest_services")["services"]:
        before, after = compact(moved(row["source"])).split(ADDRESS)
        value, key = row["hands_out"], row.get("key")
        is_json = not isinstance(value, str)
        parts = [*map(literal, (row["name"], before, after)), secrets_of(row)]
        parts.append(literal(key) if key else "NULL")
        parts.append(literal(compact(value) if is_json else value))
        yield f"    {{{', '.join(parts)}, {int(is_json)}, {float(row['lifetime'])!r}}},"
    yield "};"
    yield "static const rest_refused_t REST_REFUSED[] = {"
    refused = read("rest_refused")
    for row in refused["rows"]:
        source = compact({**refused["base"], **row["source"]})
        told = ", ".join(map(literal, (row["code"], row["argument"])))
        yield f"    {{{literal(row['name'])}, {literal(source)}, {secrets_of(row)}, {told}}},"
    yield "};"


def main(vectors, out):
    Path(out).mkdir(parents=True, exist_ok=True)
    sources = {
        "access_tokens": (access_tokens, {"access_tokens": "cases"}),
        "cache_scenarios": (
            cache_scenarios,
            {"cache_scenarios": "scenarios", "long_lifetimes": "scenarios"},
        ),
        "source_answers": (source_answers, {"source_answers": "answers"}),
        "grant_ttls": (grant_ttls, {"grant_ttls": "rows"}),
    }

    def read(name):
        return json.loads((Path(vectors) / f"{name}.json").read_text(encoding="utf-8"))

    for name, (write, files) in sources.items():
        rows = [row for file, rows in files.items() for row in read(file)[rows]]
        lines = [f"/* Written by tables.py from {' and '.join(files)}. */", *write(rows)]
        (Path(out) / f"{name}.h").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["/* Written by tables.py. */", *rest_rows(read)]
    (Path(out) / "rest_rows.h").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
