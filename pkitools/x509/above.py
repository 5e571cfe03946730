"""An authority above a certificate, as little of it as is told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pkitools.frozen import dataclass


class AboveRole(StrEnum):
    """Where an authority stands above a certificate."""

    ISSUER = "issuer"
    """It issued the certificate itself."""
    CA = "ca"
    ROOT = "root"


@dataclass(frozen=True, slots=True)
class Above:
    """The certificate of an authority above another.

    Args:
        name: its common name, or what else it is called; not made safe for a terminal.
        not_after: its end, aware UTC.
        sha256: its thumbprint, hex.
        role: where it stands.
    """

    name: str
    not_after: datetime
    sha256: str
    role: AboveRole = AboveRole.CA
