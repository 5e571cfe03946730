"""Other programs that judge what we make: openssl, certtool, keytool, java, nginx, strace."""

from __future__ import annotations

import shutil

import pytest


def judge(name: str) -> str:
    """Return where the program is, or skip the test that asks for it and say so."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path
