"""What is told of a file before one reads any further: a table of files and what is wrong with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pkitools.containers import read_source
from pkitools.reports import describe
from pkitools.reports.showing.attention import Attention, attention
from pkitools.x509.document import serial_hex
from tests.support.cases import in_one_test
from tests.support.shown import DAY, ENTITY_ID, MOMENT, crl, response, samples, small

CA = "Kleine CA"
# what is told of each; nothing of the others
TOLD = {
    "pem.expired": [
        Attention("certificate.expired", 1, "oud.voorbeeld.nl", MOMENT - 37 * DAY),
        Attention("certificate.not_yet", 3, "straks.voorbeeld.nl", MOMENT + 41 * DAY),
    ],
    "der.expired": [Attention("certificate.expired", 1, "oud.voorbeeld.nl", MOMENT - 37 * DAY)],
    "crl.expired": [Attention("crl.expired", 1, CA, MOMENT - 5 * DAY)],
    "ocsp.revoked": [Attention("ocsp.revoked", 1, "LEAF", MOMENT - 2 * DAY)],
    "ocsp.unknown": [Attention("ocsp.unknown", 1, "LEAF")],
    "ocsp.expired": [Attention("ocsp.expired", 1, "LEAF", MOMENT - timedelta(minutes=5))],
    "ocsp.refused.1": [Attention("ocsp.refused", 1, "malformed-request")],
    "ocsp.refused.2": [Attention("ocsp.refused", 1, "internal-error")],
    "ocsp.refused.3": [Attention("ocsp.refused", 1, "try-later")],
    "ocsp.refused.5": [Attention("ocsp.refused", 1, "sig-required")],
    "ocsp.refused.6": [Attention("ocsp.refused", 1, "unauthorized")],
    "metadata.expired": [Attention("metadata.expired", None, ENTITY_ID, MOMENT - 13 * DAY)],
    "metadata.group": [Attention("metadata.expired", None, "urn:groep", MOMENT - 13 * DAY)],
    "metadata.with_key": [Attention("key.public", 1)],
}


def told(data: bytes, passphrase: bytes | None = None, *, days: int = 0) -> list[Attention]:
    serial = serial_hex(small().leaf.serial_number)
    found = attention(describe("f", read_source(data, "f", passphrase=passphrase)), MOMENT + days * DAY)
    return [
        Attention(one.code, one.position, "LEAF" if one.name == serial else one.name, one.at, one.problem)
        for one in found
    ]


@in_one_test
@pytest.mark.parametrize("name", TOLD)
def test_what_is_wrong_comes_first(name: str) -> None:
    assert told(samples()[name].data) == TOLD[name]


@pytest.mark.slow
def test_of_what_is_in_order_nothing_is_told() -> None:
    for name in samples().keys() - TOLD.keys():
        assert told(samples()[name].data, samples()[name].passphrase) == [], name


def test_what_is_of_the_future_says_from_when() -> None:
    assert told(crl(), days=-30) == [Attention("crl.not_yet", 1, CA, MOMENT - 10 * DAY)]
    assert told(response(), days=-30) == [Attention("ocsp.not_yet", 1, "LEAF", MOMENT - DAY)]
