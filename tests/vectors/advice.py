"""Vectors of our own advice."""

from __future__ import annotations

from datetime import timedelta

from tests.support.certificates import (
    AIA,
    ANY,
    CDP,
    EKU,
    MOMENT,
    SAN,
    SERVER,
    SHA1_RSA,
    Parts,
    crl_point,
    dns_names,
    giving,
    issued,
    made,
    purposes,
    putting,
    rsa_key,
    setting,
    without,
)
from tests.support.der import sequence
from tests.support.rule_vectors import pair
from tests.vectors import Vector

G1, TLS = "g1-server", "g4-tls"


def ends_in_a_month(parts: Parts) -> None:
    parts.not_after = MOMENT + timedelta(days=30)


VECTORS: list[Vector] = [
    pair("advice.names.control_characters", G1, giving("CN", "goed.nl\x00.kwaad.nl")),
    pair("advice.names.invisible_characters", G1, giving("O", "Gemeente\u202e Voorbeeld")),
    pair("advice.names.surrounding_space", G1, giving("O", "Gemeente Voorbeeld ")),
    pair("advice.names.blank", G1, giving("L", "PLAATS")),
    pair("advice.names.wildcard", G1, putting(SAN, dns_names("*.voorbeeld.nl"))),
    pair("advice.names.no_san", G1, without(SAN)),
    pair("advice.names.common_name_not_in_san", TLS, giving("CN", "ander.voorbeeld.nl")),
    pair("advice.names.internal", G1, putting(SAN, dns_names("server", "db.local"))),
    pair("advice.signature.weak_hash", G1, setting("algorithm", SHA1_RSA)),
    pair("advice.signature.pss_peers", TLS, meets_base=G1),
    pair("advice.key.exponent", G1, setting("key", rsa_key(2048, exponent=3))),
    pair("advice.key.weak", G1, setting("key", rsa_key(1024))),
    pair(
        "advice.key.shared",
        G1,
        others=lambda: made(G1, giving("CN", "ander.voorbeeld.nl")),
        meets_with={"others": lambda: made("self-signed")},
    ),
    pair("advice.usage.any", G1, putting(EKU, purposes(SERVER, ANY))),
    pair("advice.usage.unlimited", G1, without(EKU)),
    pair("advice.revocation.none", G1, without(CDP, AIA)),
    pair("advice.revocation.ocsp_only", G1, without(CDP)),
    pair("advice.addresses.http", G1, putting(CDP, sequence(crl_point("https://crl.voorbeeld.nl/tsp.crl")))),
    pair("advice.validity.order_now", G1, ends_in_a_month),
    pair(
        "advice.validity.outlives_issuer",
        TLS,
        path=lambda: made("ca", ends_in_a_month),
        meets_with={"path": lambda: made("ca")},
    ),
    pair(
        "advice.validity.before_issuer",
        TLS,
        issued(2001, 1, days=10_000),
        path=lambda: made("ca"),
    ),
    pair("advice.hierarchy.ends", G1, meets_base=TLS),
]
