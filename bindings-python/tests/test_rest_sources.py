"""Services that hand out credentials, as descriptions that all languages share."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import urlsplit

import pytest
from grantmint import Credential, GrantmintError, RestSource, verify_jwt
from local_service import LocalService
from support import vectors

SERVICES = vectors("rest_services.json")["services"]
REFUSED = vectors("rest_refused.json")
SERVED_AT = "Mon, 30 Nov 2026 01:02:03 GMT"
#: What every request has.
OF_ALL = ("host:", "user-agent:", "content-")


def described(source, secrets=None):
    options = dict(source)
    return RestSource(options.pop("url"), secrets=secrets, **options)


def moved_to(base, source):
    """The same service at another place. What only its host was made of goes."""
    moved = {**source, "url": base + urlsplit(source["url"]).path}
    text = json.dumps({name: value for name, value in moved.items() if name != "vars"})
    moved["vars"] = {
        name: value for name, value in source.get("vars", {}).items() if f"{{{name}}}" in text
    }
    return moved


def without_time(line):
    return re.sub(r"(?<!\d)\d{13}(?!\d)", "NOW_MS", line)


def without_signed(line, signed):
    """A line without the token that was signed for the request, if that is as it should be."""
    start, bearer, token = line.partition("authorization: Bearer ")
    if signed is None or start or not bearer:
        return line
    header = signed.get("header", {"alg": "HS256", "typ": "JWT"})
    found = verify_jwt(token, signed["secret"], algorithm=header["alg"])
    assert found.header == header
    assert sorted(found.claims.keys() - signed["claims"].keys()) == signed["written"]
    assert signed["claims"].items() <= found.claims.items()
    assert signed["ttl"] - 60 < found.expires_at - time.time() <= signed["ttl"]
    return "authorization: Bearer SIGNED"


@pytest.mark.parametrize("row", SERVICES, ids=[row["name"] for row in SERVICES])
def test_every_service_of_the_vectors_is_asked_and_read_as_written(row):
    assert repr(described(row["source"], row.get("secrets"))) == "RestSource(...)"
    body = row["text"] if "text" in row else json.dumps(row["body"])
    with LocalService(body.encode(), row["status"], SERVED_AT) as service:
        source = described(moved_to(service.url, row["source"]), row.get("secrets"))
        with Credential(source, isolated=True) as credential:
            issued = credential.get(row.get("key"))
        (asked,) = service.asked
    *lines, sent = (line for line in asked if not line.startswith(OF_ALL))
    if not lines[0].startswith("GET "):
        lines.append(without_time(sent))
    assert [without_signed(line, row.get("signed")) for line in lines] == row["sends"]
    assert issued.value == row["hands_out"]
    assert 0.9 * row["lifetime"] - 3 < issued.remaining <= row["lifetime"]
    assert issued.freshness == "fresh"


@pytest.mark.parametrize("row", REFUSED["rows"], ids=[row["name"] for row in REFUSED["rows"]])
def test_wrong_descriptions_of_the_vectors_are_refused(row):
    assert described(REFUSED["base"])
    source = {**REFUSED["base"], **row["source"]}
    with pytest.raises((GrantmintError, TypeError)) as refused:
        described(source, row.get("secrets"))
    error = refused.value
    assert "hush" not in str(error)
    if isinstance(error, TypeError):
        # Python has a word of its own for it.
        assert row["name"] in ("an option that is not known", "a text for a number")
    else:
        assert (error.code, error.argument) == (row["code"], row["argument"])


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("json", {"a": float("nan")}),
        ("json", {"a": {1}}),
        ("headers", {"X-A": object()}),
        ("form", {"a": "\ud800"}),
        ("vars", {"a": 7}),
    ],
)
def test_what_json_cannot_hold_is_refused_by_name(option, value):
    with pytest.raises(GrantmintError) as refused:
        described({**REFUSED["base"], option: value})
    assert refused.value.argument == option


def test_a_list_within_itself_is_refused():
    nested: list[object] = []
    nested.append(nested)
    with pytest.raises(GrantmintError, match=r"^invalid_argument: json cannot be written as JSON"):
        described({**REFUSED["base"], "json": nested})


def test_a_long_answer_and_one_that_is_no_json_are_errors():
    for body, code in ((b"{", "upstream_not_json"), (b" " * 70_000, "upstream_too_large")):
        with LocalService(body) as service:
            source = RestSource(service.url + "/token", lifetime=[{"constant": 60}])
            with pytest.raises(GrantmintError) as failed:
                Credential(source, isolated=True).get()
        assert failed.value.code == code
