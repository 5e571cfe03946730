from __future__ import annotations

import itertools

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pkitools.errors import InvalidValueError
from pkitools.x509 import read_certificate
from pkitools.x509.der import SEQUENCE, children, encoded, root
from pkitools_test_pki.algorithms import (
    ECDSA_SHA256,
    ECDSA_SHA384,
    ED448,
    ED25519,
    PSS_SHA512,
    RSA_SHA1,
    RSA_SHA256,
    SignatureScheme,
    scheme_for,
    verifies,
)
from pkitools_test_pki.keys import KeySource, fresh_keys
from tests.support.shared import shared
from tests.test_pki.conftest import MOMENT

ODD = [
    SignatureScheme("pss", "sha256", "sha1", salt_length=20),
    SignatureScheme("pss", "sha512", salt_length=0),
    SignatureScheme("pss", "sha1", salt_length=20),
    SignatureScheme("pkcs1", "md5"),
    SignatureScheme("pkcs1", "sha384"),
]


@pytest.mark.parametrize(
    ("scheme", "name"),
    [(PSS_SHA512, "Staat-der-Nederlanden-G4-Root-Priv-G-TLS-2024"), (RSA_SHA256, "Staat-der-Nederlanden-Root-CA-G3")],
)
def test_an_algorithm_is_named_byte_for_byte_as_pkioverheid_does(scheme: SignatureScheme, name: str) -> None:
    pem = shared(f"anchors/{name}.pem").read_bytes()
    real = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    assert scheme.algorithm_identifier == encoded(real, children(real, root(real, SEQUENCE))[1])


@pytest.mark.parametrize("scheme", [PSS_SHA512, RSA_SHA256, RSA_SHA1, *ODD], ids=lambda s: f"{s.kind}-{s.hash}")
def test_rsa_signatures_are_what_they_say(scheme: SignatureScheme, rsa_pki, rsa_keys: KeySource) -> None:
    key = rsa_keys("rsa:4096")
    facts = read_certificate(rsa_pki["g4-tls-tsp"].issue("g4-tls", key=key, signature=scheme, dns=["a.test.nl"]).der)
    algorithm = facts.signature_algorithm
    assert not facts.problems
    assert (algorithm.hash, algorithm.salt_length) == (
        scheme.hash,
        scheme.salt_length if scheme.kind == "pss" else None,
    )
    value = scheme.sign(key, b"data")
    assert verifies(key.public_key(), algorithm, value, b"data")
    assert not verifies(key.public_key(), algorithm, value, b"datA")
    assert not verifies(key.public_key(), algorithm, value[:-1], b"data")


@pytest.mark.parametrize(
    ("key_type", "scheme"),
    [("ec:P-256", ECDSA_SHA256), ("ec:P-384", ECDSA_SHA384), ("ec:P-521", ECDSA_SHA384), ("ed25519", ED25519)],
)
def test_a_key_that_cannot_make_the_wanted_signature_makes_its_own(key_type: str, scheme: SignatureScheme) -> None:
    key = fresh_keys(key_type)
    assert scheme_for(key, PSS_SHA512) is scheme
    assert scheme.sign(key, b"x")


def test_a_scheme_refuses_a_key_of_another_kind(rsa_keys: KeySource) -> None:
    keys = [rsa_keys("rsa:4096"), fresh_keys("ec:P-256"), fresh_keys("ed25519")]
    schemes = [PSS_SHA512, ECDSA_SHA256, ED448]
    for (i, key), (j, scheme) in itertools.product(enumerate(keys), enumerate(schemes)):
        if i != j:
            with pytest.raises(InvalidValueError, match="cannot make"):
                scheme.sign(key, b"x")


def test_what_is_written_can_differ_from_what_is_done(rsa_pki) -> None:
    lie = SignatureScheme("pkcs1", "sha256", identifier=RSA_SHA1.algorithm_identifier)
    facts = rsa_pki.issue("g4-tls", signature=lie, moment=MOMENT).facts
    assert facts.signature_algorithm.name == "sha1WithRSAEncryption"
