"""What a DER value is, told by its first fields: whatever stands behind them, and with nothing kept of a key."""

from __future__ import annotations

import random
from itertools import islice

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.containers import structure
from pkitools.containers.structure import identify
from pkitools.x509 import der
from pkitools.x509.der import DERError, Node, iterate, node_at
from tests.support.certificates import made
from tests.support.chains import authority, crl, key
from tests.support.der import sequence
from tests.support.mutation import grown, mutants

CERTIFICATE, LIST = made("g4-tls").der, crl(authority("Lists"), 1, 2)
FORMS = PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL
KEYS = [key("a key").private_bytes(Encoding.DER, form, NoEncryption()) for form in FORMS]


def lazily(data: bytes, node: Node) -> tuple[Node, ...]:
    return tuple(islice(iterate(data, node), structure._ENOUGH))


def told(data: bytes) -> object:
    try:
        return structure._first_fields(data, node_at(data, 0, len(data)))
    except DERError as error:
        return error.detail


def plainly(data: bytes) -> object:
    try:
        return lazily(data, node_at(data, 0, len(data)))
    except DERError as error:
        return error.detail


def test_the_first_fields_are_those_that_are_found_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    trees = [grown(data) for data in (CERTIFICATE, LIST, *KEYS)]
    seen = [*mutants(trees, random.Random(7), 600), b"\x30\x00", b"\x30\x03\x30\x01"]
    seen += [sequence(*[sequence()] * 9), sequence(*[sequence()] * 9, b"\x30\x05")]
    assert list(map(told, seen)) == list(map(plainly, seen))
    found = list(map(identify, seen))
    monkeypatch.setattr(structure, "_first_fields", lazily)
    assert list(map(identify, seen)) == found
    assert len(set(found)) > 3


def test_whoever_reads_a_certificate_next_finds_its_fields_and_nothing_is_kept_of_a_key() -> None:
    identify(CERTIFICATE)
    assert der._remembered[0] is CERTIFICATE
    for data in KEYS:
        assert identify(data)
        assert der._remembered[0] is CERTIFICATE
