#!/usr/bin/env python3
"""Writes the data that every language runs as tables of C++, so that the tests need no JSON reader.

tables.py tests build/tables
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "c"))
from tables import literal, rest_rows  # noqa: E402


def text(value):
    return (
        literal(value)
        if isinstance(value, str)
        else literal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    )


def optional(value):
    return (
        "std::nullopt" if value is None else text(value) if isinstance(value, str) else str(value)
    )


def grant(fields):
    rest = ", ".join(
        f"{{{text(k)}, {text(v)}}}" for k, v in fields.items() if k != "type" and v is not None
    )
    return f"{{{text(fields['type'])}, {{{rest}}}}}"


def access_tokens(case):
    parts = [
        str(case["now"]),
        *(text(case[k]) for k in ("account_sid", "api_key_sid", "api_key_secret", "identity")),
        str(case["ttl"]),
        optional(case.get("nbf")),
        optional(case.get("region") or None),
        f"{{{', '.join(map(grant, case['grants']))}}}",
        text(case["twilio_python"]),
        text(case["twilio_node"]),
    ]
    return f"    {{{', '.join(parts)}}},"


def errors(kind):
    code, retryable = kind["code"], str(kind["retryable"]).lower()
    return f"    {{grantmint::errc::{code}, {kind['number']}, {text(code)}, {retryable}}},"


def milliseconds(seconds):
    return f"{round(seconds * 1000)}ms"


def source_answers(rows):
    """Those that are a text and a time that the interface can say."""
    for row in rows:
        if "grant" not in row or not 0 <= row.get("ttl", 0) < 2**32 / 1000:
            continue
        times = (milliseconds(row[k]) if k in row else "std::nullopt" for k in ("ttl", "serves"))
        code = f"grantmint::errc::{row['code']}" if "code" in row else "std::nullopt"
        parts = [text(row["name"]), text(row.get("only", "")), milliseconds(row.get("asked", 60))]
        yield f"    {{{', '.join([*parts, text(row['grant']), *times, code, text(row.get('says', ''))])}}},"


def grant_ttls(row):
    times = (
        f"{row[k]}{unit}" for k, unit in (("ttl", "s"), ("latency_ms", "ms"), ("step_ms", "ms"))
    )
    return f"    {{{', '.join(times)}, {str(row['refused']).lower()}}},"


def slots(values):
    """Values of slots: a name, what it is, and its text or number."""
    kinds = {str: "text", bool: "boolean", int: "integer"}
    for name, value in values.items():
        if isinstance(value, (bool, int)):
            yield f"{{{text(name)}, {kinds[type(value)]}, {{}}, {int(value)}}}"
        else:
            yield f"{{{text(name)}, {kinds.get(type(value), 'json')}, {text(value)}, 0}}"


def jwt(service, case, texts, values, official, has_typ=True):
    arguments = f"{{{', '.join(text(case[name]) for name in texts)}}}"
    parts = [
        service,
        arguments,
        text(case["secret"] if "secret" in case else case["api_secret"]),
        str(case["now"]),
        str(case["ttl"]),
        str(has_typ).lower(),
        f"{{{', '.join(slots(values))}}}",
        text(official),
    ]
    return f"    {{{', '.join(parts)}}},"


def livekit_tokens(cases):
    taken_for_granted = {"can_publish": True, "can_subscribe": True, "can_publish_data": True}
    for case in cases:
        if len(case["identity"].encode()) > 256:  # The server refuses them, and so do we.
            continue
        more = {name: case[name] for name in ("attributes", "room_preset") if name in case}
        values = {**case["video"], "identity": case["identity"], **more}
        texts = ("api_key", "api_secret")
        yield jwt("livekit", case, texts, values, case["livekit_server_sdk"], has_typ=False)
        yield jwt("livekit", case, texts, {**taken_for_granted, **values}, case["livekit_api"])


def jwt_tokens(read):
    yield from livekit_tokens(read("vectors/livekit_tokens.json")["cases"])
    for service, more in (("zoom", ()), ("jitsi", ("aud", "sub")), ("daily", ())):
        for case in read(f"vectors/{service}_tokens.json")["cases"]:
            yield jwt(service, case, ("key", "secret", *more), case["slots"], case["official"])


ERROR_CASE = """struct error_case {
    grantmint::errc code;
    int number;
    std::string_view name;
    bool retryable;
};"""


def main(tests, out):
    tests, out = Path(tests), Path(out)
    out.mkdir(parents=True, exist_ok=True)
    read = lambda name: json.loads((tests / name).read_text(encoding="utf-8"))  # noqa: E731
    tokens = map(access_tokens, read("vectors/access_tokens.json")["cases"])
    kinds = map(errors, read("conformance/surface.json")["error_kinds"])
    answers = source_answers(read("vectors/source_answers.json")["answers"])
    ttls = map(grant_ttls, read("vectors/grant_ttls.json")["rows"])
    files = {
        "source_answers.inc": ["static const answer ANSWERS[] = {", *answers, "};"],
        "grant_ttls.inc": ["static const row ROWS[] = {", *ttls, "};"],
        "access_tokens.inc": ["static const token_case TOKEN_CASES[] = {", *tokens, "};"],
        "jwt_tokens.inc": ["static const jwt_case JWT_CASES[] = {", *jwt_tokens(read), "};"],
        "rest_rows.h": list(rest_rows(lambda name: read(f"vectors/{name}.json"))),
        "errors.inc": [ERROR_CASE, "static const error_case ERROR_CASES[] = {", *kinds, "};"],
    }
    for name, lines in files.items():
        lines.insert(0, "// Written by tables.py.")
        (out / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
