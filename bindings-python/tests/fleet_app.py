"""A WSGI program whose workers share short grants through a server: there are many refreshes."""

from __future__ import annotations

import json
import os
from urllib.parse import parse_qs

from grantmint import ApiKey, PlaybackMinter, RedisFleet
from support import STREAMER

url = os.environ["GRANTMINT_FLEET"]
minter = PlaybackMinter(
    ApiKey.from_env(),
    base_url=os.environ["GRANTMINT_BASE_URL"],
    fleet=url if os.environ["FRONT"] == "folder" else RedisFleet(url, host=False),
    grant_ttl=15,
    policy={"soft_point": 13, "wait_below": 5},
)
minter.token(STREAMER, "nobody")


def app(environ, start_response):
    if environ["PATH_INFO"] == "/stats":
        fleet = minter.stats().fleet
        answer = {name: fleet[name] for name in ("is_broken", "answers")} | {"pid": os.getpid()}
    else:
        (identity,) = parse_qs(environ["QUERY_STRING"])["identity"]
        answer = {"token": minter.token(STREAMER, identity).jwt}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]
