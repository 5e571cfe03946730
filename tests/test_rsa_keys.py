"""The RSA keys that tests are given are as those that are made: of their size, of primes, and no two alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations, product

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12

from pkitools.containers import ItemKind, read_source
from pkitools.requests import generate_key, key_consistency
from pkitools.requests.keys import wrap_key
from pkitools_test_pki.pki import build
from tests.conftest import LEVEL
from tests.support import rsa_keys
from tests.support.cases import in_one_test
from tests.support.deliveries import pkcs12_of
from tests.support.keys import SHARED_KEYS
from tests.support.rsa_keys import MANY, halves, key_of, prime

SIZES = [1024, 2048, 3072, 4096]


@in_one_test
@pytest.mark.parametrize("exponent", [3, 65537])
@pytest.mark.parametrize("size", SIZES)
def test_a_key_is_of_its_size_and_signs(size: int, exponent: int) -> None:
    key = rsa.generate_private_key(exponent, size)
    assert (key.key_size, key.public_key().public_numbers().e) == (size, exponent)
    key.public_key().verify(key.sign(b"x", padding.PKCS1v15(), SHA256()), b"x", padding.PKCS1v15(), SHA256())


@pytest.mark.parametrize("size", SIZES)
def test_its_primes_are_primes(size: int) -> None:
    """cryptography looks when it is not told to leave that; in a deep run at every prime."""
    for number in range(MANY // 2 if LEVEL == "deep" else 1):
        key_of(65537, size, number).private_numbers().private_key()
    assert all(prime(size // 2, place).bit_length() == size // 2 for place in range(MANY))


def test_no_two_keys_are_one_until_all_were_given() -> None:
    first, second = halves(65537, 1024)
    assert len({*first, *second}) == MANY
    keys = {
        key_of(65537, 1024, number).private_numbers().public_numbers.n for number in range(len(first) * len(second))
    }
    assert len(keys) == (MANY // 2) ** 2


def test_of_what_was_not_given_the_library_tries_the_primes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rsa_keys, "_given", set())
    numbers = key_of.__wrapped__(65537, 1024, 0).private_numbers()
    monkeypatch.setattr(rsa_keys, "tried", lambda number: number == 7)
    assert [key_consistency._is_prime(n) for n in (numbers.p, numbers.q, numbers.p + 2, 7)] == [True, True, False, True]


def test_beyond_those_that_are_kept_a_key_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(rsa_keys, "searched", lambda *asked: made.append(asked))
    monkeypatch.setattr(rsa_keys, "_count", lambda *_: iter([(MANY // 2) ** 2]))
    rsa_keys.generate_private_key(65537, 1024)
    rsa_keys.generate_private_key(65537, 1032)
    assert made == [(65537, 1024, None), (65537, 1032, None)]


def test_the_library_makes_its_keys_so() -> None:
    """What the tests replace is what it calls: the real function gives it the same kind of key."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rsa, "generate_private_key", rsa_keys.searched)
        first, second = (generate_key("rsa:2048").native for _ in range(2))
    assert isinstance(first, rsa.RSAPrivateKey)
    assert isinstance(second, rsa.RSAPrivateKey)
    assert (first.key_size, first.private_numbers() == second.private_numbers()) == (2048, False)


def test_a_keystore_is_opened_once_and_with_another_passphrase_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens it, a test or the library, opens it so."""
    really, asked = rsa_keys.opened, []
    monkeypatch.setattr(rsa_keys, "opened", lambda *given: (asked.append(given[1]), really(*given))[1])
    rsa_keys.load_pkcs12.cache_clear()
    key = key_of(65537, 2048, 0)
    data = pkcs12.serialize_key_and_certificates(b"x", key, None, None, BestAvailableEncryption(b"right"))
    for _ in range(3):
        assert pkcs12.load_pkcs12(data, b"right").key.private_numbers() == key.private_numbers()
        with pytest.raises(ValueError, match="password"):
            pkcs12.load_pkcs12(data, b"wrong")
    assert read_source(data, "x.p12", passphrase=b"right").of_kind(ItemKind.KEY)
    assert (asked.count(b"right"), asked.count(b"wrong")) == (1, 3)


def stores() -> Iterator[bytes]:
    """Each order of certificates and keys: of a key that was given, of another one, of one that has no certificate."""
    issued = build("g4-tls", moment=datetime(2026, 11, 22, tzinfo=UTC), keys=SHARED_KEYS)
    keys = (key_of(65537, 2048, 0), key_of(65537, 3072, 0), ec.generate_private_key(ec.SECP256R1()))
    leaves = [issued.issue(dns=["a.voorbeeld.nl"], key=key) for key in keys]
    entries = [
        (f"n{n}", leaf.der, wrap_key(key, made_here=True))
        for n, (leaf, key) in enumerate(zip(leaves, keys, strict=True))
    ]
    above = [each.der for each in leaves[0].intermediates]
    for entry, names in product(permutations(entries, 2), (True, False)):
        yield pkcs12_of(*entry, more=above, names=names)
    (name, der, key), (_, other, _), _ = entries
    yield pkcs12_of((name, other, key), more=above)  # a certificate of another key
    yield pkcs12_of((name, other, key), more=[*above, der])  # its own comes last
    yield pkcs12_of((name, der, None), more=above)
    certificate = x509.load_der_x509_certificate(der)
    for locked in (BestAvailableEncryption(b"right"), NoEncryption()):
        yield pkcs12.serialize_key_and_certificates(b"x", keys[0], certificate, None, locked)


def told(found: pkcs12.PKCS12KeyAndCertificates) -> tuple[object, ...]:
    """All that there is in it."""
    assert found.key is None or isinstance(found.key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return found.key and found.key.private_numbers(), found.cert, found.additional_certs


@pytest.mark.parametrize("passphrase", [None, b"right"])
def test_a_keystore_opens_with_all_that_it_holds(passphrase: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    really, asked = rsa_keys.opened, []
    rsa_keys.load_pkcs12.cache_clear()
    monkeypatch.setattr(rsa_keys, "opened", lambda *given: (asked.append(given[0]), really(*given))[1])
    untried = 0
    for data in stores():
        try:
            right = told(really(data, passphrase))
        except ValueError:
            with pytest.raises(ValueError, match="password"):
                rsa_keys.load_pkcs12(data, passphrase)
        else:
            assert told(rsa_keys.load_pkcs12(data, passphrase)) == right
            untried += data not in asked
    assert untried >= 8
