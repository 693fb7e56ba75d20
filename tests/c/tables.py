#!/usr/bin/env python3
"""Writes the vectors that every language runs as tables of C, so that the tests need no JSON reader.

    tables.py tests/vectors build/tables
"""

import json
import sys
from pathlib import Path


def text(value):
    """A grantmint_str_t; bytes outside plain ASCII in octal, which no further digit can change."""
    if value is None:
        return "{NULL, 0}"
    data = value.encode()
    plain = "".join(
        chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in data
    )
    # A compiler need not take longer literals than 4,095 characters in one piece.
    pieces = [plain[i : i + 2000] for i in range(0, len(plain), 2000)] or [""]
    if any(piece.endswith("\\") or "\\" in piece[-3:] for piece in pieces[:-1]):
        pieces = [plain]
    return "{" + " ".join(f'"{piece}"' for piece in pieces) + f", {len(data)}}}"


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def grant(fields):
    params = fields.get("outgoing_application_params")
    texts = [
        fields.get("room"),
        fields.get("outgoing_application_sid"),
        None if params is None else compact(params),
        fields.get("push_credential_sid"),
        fields.get("endpoint_id"),
        fields.get("service_sid"),
        fields.get("deployment_role_sid"),
        fields.get("workspace_sid"),
        fields.get("worker_sid"),
        fields.get("role"),
        None if fields.get("grant") is None else compact(fields["grant"]),
    ]
    allow = 1 if fields.get("incoming_allow") else 0
    return "{" + ", ".join([f'"{fields["type"]}"', str(allow), *map(text, texts)]) + "}"


def access_tokens(cases):
    yield "static const token_case_t TOKEN_CASES[] = {"
    for case in cases:
        grants = ", ".join(map(grant, case["grants"]))
        texts = ["account_sid", "api_key_sid", "api_key_secret", "region", "identity"]
        yield "    {" + f'"{case["name"]}", {case["now"]}u, {case["ttl"]}u, {case["nbf"] or 0}u,'
        for name in texts:
            yield f"     {text(case[name])},"
        yield f"     {{{grants or '{NULL, 0' + ', {NULL, 0}' * 11 + '}'}}}, {len(case['grants'])},"
        yield f"     {{{text(case['twilio_python'])}, {text(case['twilio_node'])}}}}},"
    yield "};"


# Fields of a step: the name in JSON, and how it is written.
MISSING = -1e9


def seconds(value):
    return repr(float(value))


def step(fields):
    known = dict(fields)
    expect = dict(known.pop("expect", {}))

    def take(source, name, default=None):
        return source.pop(name, default)

    def number(source, name):
        return seconds(take(source, name, MISSING))

    def or_null(source, name):
        """A number, nothing to look at, or an expected absence."""
        if name not in source:
            return seconds(MISSING)
        value = source.pop(name)
        return seconds(2 * MISSING if value is None else value)

    def word(source, name):
        value = take(source, name)
        return "NULL" if value is None else json.dumps(value)

    def word_or_null(source, name):
        if name in source and source[name] is None:
            del source[name]
            return '""'
        return word(source, name)

    columns = [
        word(known, "op"),
        number(known, "at"),
        word(known, "caller"),
        word(known, "streamer"),
        number(known, "ttl"),
        number(known, "min_remaining"),
        number(known, "timeout"),
        str(int(take(known, "hold", False))),
        word(known, "grant"),
        word(known, "code"),
        number(known, "retry_after"),
        number(known, "seconds"),
        word(known, "seen_by"),
    ]
    expected = [
        word(expect, "outcome"),
        word(expect, "freshness"),
        number(expect, "remaining"),
        word(expect, "grant"),
        word_or_null(expect, "reason"),
        word(expect, "code"),
        or_null(expect, "retry_after"),
        word(expect, "start"),
        or_null(expect, "after"),
        str(int(take(expect, "emptied", -1))),
        str(take(expect, "keys", -1)),
        str(take(expect, "calls", -1)),
    ]
    if known or expect:
        raise SystemExit(f"a step has fields that this runner does not know: {known} {expect}")
    return "{" + ", ".join(columns) + ", {" + ", ".join(expected) + "}}"


POLICY = ["jitter", "wait_below", "soft_point", "safety_margin", "fetch_timeout", "max_keys"]


def scenarios(listed):
    for index, scenario in enumerate(listed):
        yield f"static const step_t STEPS_{index}[] = {{"
        for fields in scenario["steps"]:
            yield f"    {step(fields)},"
        yield "};"
    yield "static const scenario_t SCENARIOS[] = {"
    for index, scenario in enumerate(listed):
        policy = dict(scenario["policy"])
        values = ", ".join(seconds(policy.pop(name, MISSING)) for name in POLICY)
        if policy:
            raise SystemExit(f"a policy has fields that this runner does not know: {policy}")
        name, trap = json.dumps(scenario["name"]), json.dumps(scenario["trap"])
        count = len(scenario["steps"])
        yield f"    {{{name}, {trap}, {{{values}}}, STEPS_{index}, {count}}},"
    yield "};"


def main(vectors, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    tables = [
        ("access_tokens", lambda data: access_tokens(data["cases"])),
        ("cache_scenarios", lambda data: scenarios(data["scenarios"])),
    ]
    for name, write in tables:
        data = json.loads((Path(vectors) / f"{name}.json").read_text(encoding="utf-8"))
        lines = [f"/* Written by tables.py from {name}.json. */", *write(data)]
        (out / f"{name}.h").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
