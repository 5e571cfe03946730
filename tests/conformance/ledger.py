"""The ledger of exceptions: what comes out otherwise than a suite expects, with reasons."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LEDGER = Path(__file__).with_name("exceptions.toml")


@cache
def exceptions(suite: str) -> dict[str, str]:
    ledger: dict[str, dict[str, str]] = tomllib.loads(LEDGER.read_text(encoding="utf-8"))
    return ledger[suite]
