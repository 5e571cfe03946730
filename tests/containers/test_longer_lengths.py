"""PKCS#7 with definite lengths in more octets than it takes: others read it, and so do we."""

from __future__ import annotations

from itertools import product

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import load_der_x509_certificate

from pkitools.containers import ItemKind, read_source
from pkitools.containers.ber import as_definite
from tests.revocation.material import World
from tests.revocation.test_encodings import FORMS, nodes, rewritten

_CERTIFICATES = 0xA0
_IN_A_MEMBER = 7  # the type of the content stands as deep as the certificates, and there all stays as it was signed


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def test_every_length_around_the_certificates_in_every_form(world: World) -> None:
    path = [load_der_x509_certificate(link.der) for link in world.plain.path]
    bag = pkcs7.serialize_certificates(path, Encoding.DER)
    wanted = {link.der for link in world.plain.path}
    tags = nodes(bag)
    around = [n for n, tag in enumerate(tags) if tag == _CERTIFICATES][1] + 1  # [0] of ContentInfo is the first
    for number, form in product(range(around), FORMS):
        if number == _IN_A_MEMBER or (form == 0 and not tags[number] & 0x20):
            continue
        given = rewritten(bag, number, form)
        read = read_source(given, "bag.p7b")
        assert {item.der for item in read.of_kind(ItemKind.CERTIFICATE)} == wanted, (number, form)
        assert not read.problems, (number, form)
    assert as_definite(bag) is None
