"""On what was measured, and what of it made the figures worse: both are told with them."""

from __future__ import annotations

import os
import platform
import ssl
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import cryptography
from cryptography.hazmat.backends.openssl import backend

_PEERS: Final = ("pyhanko-certvalidator", "pyOpenSSL", "trustme", "asn1crypto", "click")


def machine() -> Mapping[str, str]:
    """Return processor and versions."""
    about = _processor()
    return {
        "processor": f"{about.get('model name', platform.machine())}, {os.cpu_count()} cores",
        "SHA-256 by the processor": "yes" if " sha_ni " in f" {about.get('flags', '')} " else "not told",
        "system": f"{platform.system()} {platform.release()}",
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "cryptography": f"{cryptography.__version__} with {backend.openssl_version_text()}",
        "openssl": ssl.OPENSSL_VERSION,
        **{name: _version(name) for name in _PEERS},
    }


def _processor() -> Mapping[str, str]:
    """Return what Linux tells of the first processor."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.split("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


class Load:
    """What else the machine did while something was measured."""

    def __init__(self) -> None:
        self._before = _ticks()

    def told(self) -> Sequence[str]:
        """Return sentences: how busy it was, and how much of its time the host gave to others."""
        found = [f"Load when it ended: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores (1 is this run itself)."]
        if os.getloadavg()[0] > (os.cpu_count() or 1) + 1:
            found.append("It was busy with other things: what the wall timed says nothing, and caches were shared.")
        after = _ticks()
        spent = [late - early for early, late in zip(self._before, after, strict=True)]
        if sum(spent) and len(spent) > 7:
            found.append(f"Of the time of its processors, {spent[7] / sum(spent):.1%} went to others on the same host.")
        return found


def _ticks() -> list[int]:
    try:
        return [int(ticks) for ticks in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    except (OSError, ValueError):
        return []
