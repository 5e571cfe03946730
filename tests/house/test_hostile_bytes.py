"""Every public reader of bytes, fed with damaged input: an answer or an error of ours, nothing else, and soon.

The readers of single formats have deeper tests of their own; this table is there so that none is forgotten.
"""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking import Revocation, check, end_entity_first
from pkitools.containers import ItemKind, items_of, read_source
from pkitools.environment import Environment
from pkitools.errors import PkitoolsError
from pkitools.metadata import check_metadata, compare_metadata
from pkitools.reports import describe
from pkitools.requests import check_request, load_key, read_batch, read_request
from pkitools.requests.keys import to_pem
from pkitools.revocation import RevocationPolicy, check_revocation, read_crl
from pkitools.systems import read_system
from pkitools.trust import TrustStore
from pkitools.validation import validate_many, validate_path
from pkitools.x509 import key_identifier, oin_from_certificate, read_certificate, signed_parts
from tests.support import chains, metadata, requests
from tests.support.chains import MOMENT, Chain, good_chain
from tests.support.effort import bounded, budget

SEED = budget("PKITOOLS_FUZZ_SEED", 20261122)
ROUNDS = budget("PKITOOLS_FUZZ_ROUNDS", 300)
SYSTEM = Path(__file__).parents[2] / "docs" / "templates" / "system.toml"

TOO_LONG = 2.0
"""Seconds of processor time for one input."""

TELLING = b"\x00\x01\x02\x03\x06\x0c\x17\x30\x31\x7f\x80\x81\x82\x84\xa0\xa3\xff-\n"


@cache
def leaf() -> bytes:
    return good_chain().leaf.der


@cache
def crl() -> bytes:
    return chains.crl(good_chain().tsp, 7)


@cache
def key(encoding: Encoding, form: PrivateFormat) -> bytes:
    encoded: bytes = good_chain().leaf.key.private_bytes(encoding, form, NoEncryption())
    return encoded


def batch() -> bytes:
    return (
        b'[defaults]\nprofile = "g4-tls"\nenvironment = "production"\norganization = "Gemeente A"\n'
        b'oin = "00000003273229750000"\n[[request]]\nname = "a"\ncommon_name = "a.example.nl"\ndns = ["a.example.nl"]\n'
    )


@cache
def csr() -> bytes:
    return requests.request()


@cache
def pem() -> bytes:
    blocks = {"CERTIFICATE": leaf(), "X509 CRL": crl(), "CERTIFICATE REQUEST": csr()}
    return b"".join(to_pem(label, der) for label, der in blocks.items())


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "tsp@example.nl", "Uw certificaat"
    message.set_content("Zie de bijlage.\n")
    message.add_attachment(leaf(), "application", "octet-stream", filename="a.cer")
    return message.as_bytes()


def read_file(data: bytes) -> object:
    return read_source(data, "f")


def anchored(**more: Any) -> dict[str, Any]:
    chain: Chain = good_chain()
    return {
        "intermediates": chain.intermediates,
        "anchors": [chain.root.der],
        "moment": MOMENT,
        "raise_crashes": True,
        **more,
    }


def judged(der: bytes, **more: Any) -> object:
    trust = TrustStore.from_der([good_chain().root.der])
    return check(der, moment=MOMENT, environment=Environment.PREPRODUCTION, trust=trust, **more).report.verdict


def described(data: bytes) -> object:
    return check_metadata(
        data, system="digid-machtigen", environment="production", moment=MOMENT, raise_crashes=True
    ).verdict


def withdrawn(**material: Any) -> object:
    chain: Chain = good_chain()
    path = [part.der for part in (chain.leaf, chain.tsp, chain.domain, chain.root)]
    return check_revocation(path, moment=MOMENT, policy=RevocationPolicy.REQUIRE, **material).outcomes


Reader = Callable[[bytes], object]
READERS: dict[str, tuple[Callable[[], bytes], Reader, int]] = {
    # name: the good bytes, the reader, how many mutations for one of the usual number
    "read_certificate": (leaf, read_certificate, 4),
    "oin_from_certificate": (leaf, lambda data: oin_from_certificate(read_certificate(data)), 2),
    "signed_parts": (leaf, signed_parts, 4),
    "key_identifier": (lambda: good_chain().leaf.spki, key_identifier, 4),
    "read_source of DER": (leaf, lambda data: read_source(data, "f"), 2),
    "read_source of PEM": (pem, lambda data: read_source(data, "f"), 2),
    "read_source of a mail": (mail, read_file, 2),
    "read_source of a header": (lambda: b"Client-Cert: :" + b64encode(leaf()) + b":", read_file, 2),
    "read_source of an escaped header": (lambda: quote(pem()).encode(), read_file, 2),
    "read_source of a JWKS": (
        lambda: json.dumps({"keys": [{"x5c": [b64encode(leaf()).decode()]}]}).encode(),
        read_file,
        2,
    ),
    "read_source of XML": (
        lambda: b"<a><ds:X509Certificate>" + b64encode(leaf()) + b"</ds:X509Certificate></a>",
        read_file,
        2,
    ),
    "read_source of a Secret": (
        lambda: b"kind: Secret\ndata:\n  ca.crt: " + b64encode(leaf()) + b"\n  tls.crt: " + b64encode(pem()),
        read_file,
        2,
    ),
    "read_source of base64 of a PEM": (lambda: b64encode(pem()), read_file, 2),
    "describe": (pem, lambda data: describe("f", read_source(data, "f")), 1),
    "describe a key": (
        lambda: key(Encoding.DER, PrivateFormat.PKCS8),
        lambda data: describe("f", read_source(data, "f")),
        2,
    ),
    "read_system": (SYSTEM.read_bytes, read_system, 1),
    "items_of": (pem, lambda data: items_of(read_source(data, "f"), ItemKind.CERTIFICATE), 1),
    "read_request": (csr, read_request, 4),
    "check_request": (csr, check_request, 1),
    "read_batch": (batch, lambda data: read_batch(data, "f"), 2),
    "load_key, PKCS#8": (lambda: key(Encoding.DER, PrivateFormat.PKCS8), lambda data: load_key(data, "k"), 2),
    "load_key, SEC 1 in PEM": (
        lambda: key(Encoding.PEM, PrivateFormat.TraditionalOpenSSL),
        lambda data: load_key(data, "k", passphrase=b"x"),
        2,
    ),
    "read_crl": (crl, read_crl, 4),
    "TrustStore.from_der": (lambda: good_chain().root.der, lambda data: TrustStore.from_der([data]), 2),
    "end_entity_first": (leaf, lambda data: end_entity_first([good_chain().tsp.der, data]), 1),
    "validate_path, leaf": (leaf, lambda data: validate_path(data, **anchored()).report, 1),
    "validate_path, intermediate": (
        lambda: good_chain().tsp.der,
        lambda data: validate_path(leaf(), **anchored(intermediates=[data, good_chain().domain.der])).report,
        1,
    ),
    "validate_path, anchor": (
        lambda: good_chain().root.der,
        lambda data: validate_path(leaf(), **anchored(anchors=[data])).report,
        1,
    ),
    "validate_many": (leaf, lambda data: list(validate_many([data, leaf()], **anchored())), 1),
    "check_revocation, CRL": (crl, lambda data: withdrawn(crls=[data]), 1),
    "check_revocation, OCSP": (crl, lambda data: withdrawn(ocsp_responses=[data]), 1),
    "check, certificate": (leaf, judged, 1),
    "check, intermediate": (lambda: good_chain().tsp.der, lambda data: judged(leaf(), intermediates=[data]), 1),
    "check_metadata, SAML": (metadata.good, described, 1),
    "check_metadata, JWKS": (metadata.jwks, described, 1),
    "check_metadata, CPA": (metadata.cpa, described, 1),
    "compare_metadata": (metadata.good, lambda data: compare_metadata(metadata.good(), data).changes, 1),
    "check, CRL": (crl, lambda data: judged(leaf(), revocation=Revocation(crls=(data,))), 1),
}


def mutations(good: bytes, count: int, seed: str) -> Iterator[bytes]:
    """Nothing, the thing itself, and ``count`` damaged copies: bytes changed, cut, doubled, taken out."""
    chance = random.Random(seed)
    yield b""
    yield good
    for _ in range(count):
        data = bytearray(good)
        for _ in range(chance.choice((1, 1, 1, 2, 8))):
            at = chance.randrange(len(data))
            match chance.randrange(6):
                case 0:
                    data[at] ^= 1 << chance.randrange(8)
                case 1:
                    data[at] = chance.choice(TELLING)
                case 2:
                    del data[at : at + chance.randrange(1, 9)]
                case 3:
                    data[at:at] = data[at : at + chance.randrange(1, 40)]
                case 4:
                    data[at:at] = chance.randbytes(chance.randrange(1, 9))
                case _:
                    data[at] = chance.randrange(256)
            if not data:
                break
        yield bytes(data[: chance.randrange(len(data) + 1)] if chance.random() < 0.1 else data)


@pytest.mark.parametrize("name", READERS)
def test_only_our_errors_leave_a_public_reader(name: str) -> None:
    make, read, weight = READERS[name]
    good = make()
    read(good)  # the good bytes are read: else the damaged ones tell nothing
    answered = 0
    for data in mutations(good, ROUNDS * weight // 2, f"{SEED} {name}"):
        try:
            with bounded(TOO_LONG):
                read(data)
        except PkitoolsError:
            continue
        except Exception as error:  # which a bound that is exceeded is as well
            raise AssertionError(f"{type(error).__name__}: {error} for {data.hex()}") from error
        answered += 1
    assert answered
