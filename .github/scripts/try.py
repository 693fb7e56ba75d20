"""Whether an installed wheel mints tokens that it verifies itself."""

import grantmint

key = grantmint.ApiKey("AC" + "0" * 31 + "1", "SK" + "0" * 31 + "2", "made up for this trial alone")
token = grantmint.TokenMinter(key, grants=[grantmint.VideoGrant(room="r")]).mint("alice")
assert grantmint.verify(token, key).identity == "alice"
print(f"grantmint {grantmint.__version__}: a token of {len(token)} characters")
