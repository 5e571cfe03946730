"""OpenSSL as second judge of a path."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest


def pem(ders: Sequence[bytes]) -> str:
    blocks = (base64.encodebytes(der).decode() for der in ders)
    return "".join(f"-----BEGIN CERTIFICATE-----\n{block}-----END CERTIFICATE-----\n" for block in blocks)


def openssl_says(path: Sequence[bytes], moment: datetime, folder: Path) -> str:
    """Return an empty string when ``openssl verify`` accepts the path, else its own words."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    files = {"leaf": path[:1], "between": path[1:-1], "anchor": path[-1:]}
    for name, ders in files.items():
        (folder / f"{name}.pem").write_text(pem(ders), encoding="ascii")
    command = ["openssl", "verify", "-partial_chain", "-attime", str(int(moment.timestamp()))]
    command += ["-CAfile", str(folder / "anchor.pem")]
    if files["between"]:
        command += ["-untrusted", str(folder / "between.pem")]
    done = subprocess.run([*command, str(folder / "leaf.pem")], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr
