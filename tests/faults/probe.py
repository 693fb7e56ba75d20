"""Asks for one token and prints what the caller sees: a code, the milliseconds that it took, and the
milliseconds after which to come back."""

import os
import time

import grantmint

key = grantmint.ApiKey.from_env()
settings = {"base_url": "GRANTMINT_BASE_URL", "ca_file": "GRANTMINT_CA_FILE"}
live = grantmint.PlaybackMinter(
    key, **{name: os.environ[variable] for name, variable in settings.items() if variable in os.environ}
)
code, wait = "ok", None
start = time.monotonic()
try:
    live.token("VJ00000000000000000000000000000001", "alice")
except grantmint.GrantmintError as error:
    code, wait = error.code, error.retry_after
took = time.monotonic() - start
print(code, int(took * 1000), int((wait or 0) * 1000))
