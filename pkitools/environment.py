"""The two environments every connected system distinguishes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Environment(StrEnum):
    """Where a certificate is to be used. Logius' terms: preproductie and productie.

    It is found by what people call it as well: see :data:`ENVIRONMENT_ALIASES`.

    >>> Environment("productie")
    <Environment.PRODUCTION: 'production'>
    """

    PREPRODUCTION = "preproduction"
    PRODUCTION = "production"

    @classmethod
    def _missing_(cls, value: object) -> Environment | None:
        return ENVIRONMENT_ALIASES.get(value) if isinstance(value, str) else None


ENVIRONMENT_ALIASES: Final[Mapping[str, Environment]] = MappingProxyType(
    {
        **{environment.value: environment for environment in Environment},
        "productie": Environment.PRODUCTION,
        "prod": Environment.PRODUCTION,
        "preproductie": Environment.PREPRODUCTION,
        "preprod": Environment.PREPRODUCTION,
        "pre": Environment.PREPRODUCTION,
        # Logius and the operators of connected systems call the environment before production either
        "acceptatie": Environment.PREPRODUCTION,
        "acc": Environment.PREPRODUCTION,
    }
)
"""What people write for an environment, in small letters."""
