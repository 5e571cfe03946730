"""Vectors of RFC 6962."""

from __future__ import annotations

from pkitools.x509.oids import PRECERTIFICATE_POISON
from tests.support.certificates import putting
from tests.support.der import NULL
from tests.support.rule_vectors import pair
from tests.vectors import Vector

VECTORS: list[Vector] = [
    pair("rfc6962.precertificate.poison", "g1-server", putting(PRECERTIFICATE_POISON, NULL, critical=True)),
    pair(
        "rfc6962.precertificate.poison_critical",
        "g1-server",
        putting(PRECERTIFICATE_POISON, NULL),
        meets=[putting(PRECERTIFICATE_POISON, NULL, critical=True)],
    ),
]
