"""Vectors of RFC 3161."""

from __future__ import annotations

from pkitools.x509.oids import TIME_STAMPING
from tests.support.certificates import EKU, purposes, putting
from tests.support.rule_vectors import pair
from tests.vectors import Vector

VECTORS: list[Vector] = [
    pair(
        "rfc3161.purpose.critical",
        "self-signed",
        putting(EKU, purposes(TIME_STAMPING)),
        meets=[putting(EKU, purposes(TIME_STAMPING), critical=True)],
    ),
]
