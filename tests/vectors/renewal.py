"""Vectors of :mod:`pkitools.renewal.rules`: the good certificate of a profile, and what is to take its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from pkitools.findings import Report
from pkitools.renewal.rules import check_renewal
from tests.support.certificates import (
    CLIENT,
    EKU,
    ISSUED,
    Change,
    alternative,
    giving,
    made,
    purposes,
    putting,
    rsa_key,
    setting,
)
from tests.support.der import tlv
from tests.vectors import Vector

NEXT = ISSUED + timedelta(days=300)
NEW_KEY = setting("key", rsa_key(3072, even=True))
RENEWED = (NEW_KEY, setting("not_before", NEXT), setting("not_after", NEXT + timedelta(days=365)))
OTHER_OIN = "00000001001516814000"


def renewed(*changes: Change, profile: str = "g4-tls") -> Callable[[], Report]:
    """Make the report on the good certificate and the one that follows it, with changes."""

    def make() -> Report:
        outcomes = check_renewal(made("g4-tls"), made(profile, *RENEWED, *changes), raise_crashes=True)
        return Report("renewal", outcomes)

    return make


def same() -> Report:
    return Report("renewal", check_renewal(made("g4-tls"), made("g4-tls"), raise_crashes=True))


def swapped() -> Report:
    return Report("renewal", check_renewal(made("g4-tls", *RENEWED), made("g4-tls"), raise_crashes=True))


GOOD = renewed()

VECTORS = [
    Vector("renewal.certificate.another", same, GOOD),
    Vector("renewal.order.old_first", swapped, GOOD),
    Vector("renewal.oin.same", renewed(giving("serialNumber", OTHER_OIN)), GOOD),
    Vector("renewal.organization.same", renewed(giving("O", "Gemeente Elders")), GOOD),
    Vector("renewal.environment.same", renewed(profile="trial:g4-tls"), GOOD),
    Vector("renewal.validity.overlap", renewed(setting("not_before", ISSUED + timedelta(days=5000))), GOOD),
    Vector("renewal.validity.later", renewed(setting("not_after", NEXT + timedelta(days=10))), GOOD),
    Vector("renewal.purpose.kept", renewed(putting(EKU, purposes(CLIENT))), GOOD),
    Vector("renewal.names.kept", renewed(alternative(tlv(0x82, b"elders.voorbeeld.nl"))), GOOD),
]
