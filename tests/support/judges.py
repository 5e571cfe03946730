"""Other programs that judge what we make: openssl, certtool, keytool, java, nginx, traefik, envoy, strace."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

import pytest

JAVA: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""What a Java that runs for a second is given: without what only pays after a minute it takes half of that."""
KEYTOOL: Final = tuple(f"-J{each}" for each in JAVA)
KEYTOOL_DERIVES: Final = tuple(each for each in KEYTOOL if "Tiered" not in each)
"""What one is given that opens a PKCS#12 of 600,000 rounds: there what pays later does, it takes less than half."""


def judge(name: str) -> str:
    """Return where the program is, or skip the test that asks for it and say so."""
    path = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))  # some come as a wheel
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path
