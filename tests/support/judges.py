"""Other programs that judge what we make: openssl, certtool, keytool, java, nginx, traefik, envoy, strace."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest


def judge(name: str) -> str:
    """Return where the program is, or skip the test that asks for it and say so."""
    path = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))  # some come as a wheel
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path
