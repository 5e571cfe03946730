"""The two environments every connected system distinguishes."""

from __future__ import annotations

from enum import StrEnum


class Environment(StrEnum):
    """Where a certificate is to be used. Logius' terms: preproductie and productie."""

    PREPRODUCTION = "preproduction"
    PRODUCTION = "production"
