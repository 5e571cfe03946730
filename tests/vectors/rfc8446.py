"""Vectors of RFC 8446."""

from __future__ import annotations

from tests.support.certificates import KU, named_bits, putting
from tests.support.rule_vectors import pair
from tests.vectors import Vector

VECTORS: list[Vector] = [
    pair(
        "rfc8446.key_usage.digital_signature",
        "g1-server",
        putting(KU, named_bits("keyEncipherment"), critical=True),
    ),
]
