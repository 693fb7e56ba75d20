"""The directories that the driver works in."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
REPOSITORY = HERE.parent
BUILT = REPOSITORY / "target"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", BUILT)).resolve()
WHEELS = BUILT / "wheels"
#: What runs a build so that its bytes are the same for everybody.
RELEASE = REPOSITORY / "packaging" / "release.sh"


def away() -> Path:
    """A directory from which no source tree is imported."""
    path = BUILT / "away"
    path.mkdir(parents=True, exist_ok=True)
    return path
