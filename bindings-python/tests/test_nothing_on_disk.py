"""The library writes nothing to disk."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest
from support import KEY, STREAMER

#: A write to a file ends the process. On a thread that blocks signals it fails, and leaves an empty
#: file. Pipes and sockets are no files here.
PROGRAM = """
    import resource, signal, sys
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import grantmint
    from grantmint import ApiKey, GrantCache, GrantmintError, PlaybackMinter
    url, *key, streamer = sys.argv[1:]
    live = PlaybackMinter(ApiKey(*key), base_url=url)
    assert live.token(streamer, "alice").jwt
    live.keep_warm(streamer, 60)
    try:
        live.token("VJ-typo", "alice")
    except GrantmintError:
        pass
    cache = GrantCache()
    cache.get("key", lambda key, **_: {"grant": "text"})
    live.rotate(ApiKey(key[0], "SK" + "9" * 32, key[2]))
    live.close()
    grantmint.forget()
    print("done")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such limit")
def test_nothing_is_written_to_disk(emulator, tmp_path):
    program = [sys.executable, "-B", "-c", textwrap.dedent(PROGRAM)]
    folders = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(tmp_path))
    ended = subprocess.run(
        [*program, emulator.base_url, *KEY, STREAMER],
        capture_output=True,
        check=False,
        text=True,
        cwd=tmp_path,
        env={**os.environ, **folders},
    )
    assert (ended.returncode, ended.stdout) == (0, "done\n"), ended.stderr
    assert list(tmp_path.iterdir()) == []
