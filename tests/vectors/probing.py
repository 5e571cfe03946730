"""Vectors of what is seen of a connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pkitools.findings import Report
from pkitools.frozen import replace
from pkitools.probing import (
    Alert,
    AskedSignatures,
    Handshake,
    Observation,
    Offered,
    Taken,
    TLSVersion,
)
from pkitools.probing.rules import check_connection
from tests.support.certificates import MOMENT, giving, made
from tests.support.chains import authority
from tests.vectors import Vector

NEW = {
    TLSVersion.TLS_1_0: Offered.NO,
    TLSVersion.TLS_1_1: Offered.NO,
    TLSVersion.TLS_1_2: Offered.YES,
    TLSVersion.TLS_1_3: Offered.YES,
}
OLD = {version: Offered.NO if offered is Offered.YES else Offered.YES for version, offered in NEW.items()}
DONE = Handshake(completed=True, version="TLSv1.3")
SENT = replace(DONE, certificates=(made("g4-tls").der, made("ca").der))
ASKING = replace(DONE, asks=True)
UNKNOWN_CA = Alert(48, "unknown_ca")
REFUSING = replace(ASKING, sent=True, alert=UNKNOWN_CA)
PSS = AskedSignatures(("RSA-PSS+SHA512", "RSA+SHA256"), "RSA-PSS")
ONLY_OLD = AskedSignatures(("RSA+SHA256", "RSA+SHA1"), "RSA")


def seen(handshake: Handshake = DONE, **known: Any) -> Callable[[], Report]:
    """Make the report of what was seen; with ``client`` a good G4 certificate was shown."""

    def make() -> Report:
        told = dict(known)
        if told.pop("client", False):
            told["client"] = (made("g4-tls"),)
        whole = {"versions": NEW, **told}
        return check_connection(
            Observation("example.nl", 443, "192.0.2.1", "", handshake, **whole), moment=MOMENT, raise_crashes=True
        )

    return make


def named(*, own: bool) -> Callable[[], Report]:
    """Make the report on a peer that names an issuer."""
    facts = made("g4-tls")
    issuers = (facts.issuer if own else made("g4-tls", giving("CN", "Other CA")).subject,)
    return seen(replace(ASKING, issuers=issuers), client=True, taken=Taken.YES)


VECTORS = [
    Vector("probe.handshake.completed", seen(Handshake(alert=Alert(40, "handshake_failure"))), seen()),
    Vector("probe.version.current", seen(replace(DONE, version="TLSv1"), versions=OLD), seen()),
    Vector("probe.version.obsolete", seen(versions={**NEW, TLSVersion.TLS_1_1: Offered.YES}), seen()),
    Vector(
        "probe.client.accepted",
        seen(REFUSING, client=True, taken=Taken.REFUSED),
        seen(ASKING, client=True, taken=Taken.YES),
    ),
    Vector(
        "probe.client.chain",
        seen(REFUSING, client=True, taken=Taken.WITH_CHAIN),
        seen(ASKING, client=True, taken=Taken.YES),
    ),
    Vector(
        "probe.server.self_signed",
        seen(replace(DONE, certificates=(authority("Alone").der,))),
        seen(replace(DONE, certificates=(made("g4-tls").der,))),
    ),
    Vector("probe.server.chain", seen(SENT, lacking=("TSP CA",)), seen(SENT)),
    Vector("probe.server.order", seen(SENT, disordered=("a → c → b", "a → b → c")), seen(SENT)),
    Vector("probe.server.extra", seen(SENT, strangers=("TRIAL d",)), seen(SENT)),
    Vector("probe.client.given", seen(ASKING), seen(ASKING, client=True, taken=Taken.YES)),
    Vector(
        "probe.client.asked",
        seen(client=True, taken=Taken.NOT_ASKED),
        seen(ASKING, client=True, taken=Taken.YES),
    ),
    Vector("probe.client.issuers", named(own=False), named(own=True)),
    Vector(
        "probe.client.signature",
        seen(ASKING, client=True, taken=Taken.YES, signatures=ONLY_OLD),
        seen(ASKING, client=True, taken=Taken.YES, signatures=PSS),
    ),
    Vector("probe.signature.pss", seen(ASKING, signatures=ONLY_OLD), seen(ASKING, signatures=PSS)),
]
