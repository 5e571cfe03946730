"""What all certificates of one authority and profile have in common, read once: their extensions, their issuer."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from pkitools.x509.oids import (
    AUTHORITY_INFORMATION_ACCESS,
    AUTHORITY_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    QC_STATEMENTS_EXTENSION,
)

T = TypeVar("T")

RECURRING: Final = frozenset(
    {
        AUTHORITY_INFORMATION_ACCESS,
        AUTHORITY_KEY_IDENTIFIER,
        BASIC_CONSTRAINTS,
        CERTIFICATE_POLICIES,
        CRL_DISTRIBUTION_POINTS,
        EXTENDED_KEY_USAGE,
        KEY_USAGE,
        QC_STATEMENTS_EXTENSION,
    }
)
"""Extensions that are the same in all certificates of one authority and profile."""

_MOST_KEPT: Final = 512
_MOST_OCTETS: Final = 512


class Recurring(dict[bytes, T], Generic[T]):
    """Encoding → what it says, where nothing is odd about it: that depends on the octets alone, and does not change."""

    def keep(self, octets: bytes, said: T) -> None:
        """Keep what an encoding says, unless it is a long one. When there are too many, all are forgotten."""
        if len(octets) <= _MOST_OCTETS:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[octets] = said
