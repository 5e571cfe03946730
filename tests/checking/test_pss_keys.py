"""A key for RSASSA-PSS alone (RFC 4055 1.2) is no plain RSA key, whatever its numbers: OpenSSL says which fit.

The law is a product: what a certificate says of its key × what a private key says of itself × how that is locked ×
where the two stand. Where the key does not tell which of the two it is, it is taken for either.
"""

from __future__ import annotations

import ssl
import tempfile
from contextlib import suppress
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, serialize_key_and_certificates

from pkitools.checking import Expectation, check_file
from pkitools.checking.chain import check_keys_together
from pkitools.checking.request_keys import KeysWithRequests
from pkitools.containers import read_source
from pkitools.containers.key_facts import stating, with_algorithm
from pkitools.errors import InputError
from pkitools.exports import gather, key_store
from pkitools.requests import load_key
from pkitools.requests.keys import to_pem
from pkitools.requests.pbes2 import encrypt_pkcs8
from pkitools.x509 import read_certificate
from pkitools.x509.keys import is_same_key
from tests.support.certificates import made, setting
from tests.support.chains import MOMENT
from tests.support.deliveries import pem, pkcs12_of
from tests.support.der import integer as number
from tests.support.der import oid, sequence, tlv
from tests.support.requests import pooled_key

pytestmark = pytest.mark.slow

PASSPHRASE: Final = b"geheim"
_PSS: Final = oid("1.2.840.113549.1.1.10")
_SHA256: Final = sequence(oid("2.16.840.1.101.3.4.2.1"))
_PARAMETERS: Final = sequence(
    tlv(0xA0, _SHA256), tlv(0xA1, sequence(oid("1.2.840.113549.1.1.8"), _SHA256)), tlv(0xA2, number(32))
)
ALGORITHMS: Final = {"plain": b"", "pss": sequence(_PSS), "pss with parameters": sequence(_PSS, _PARAMETERS)}
OWN, OTHER = "rsa:2048", "rsa:2050"


@cache
def certificate(says: str) -> bytes:
    """A certificate of the one key, that says this of it."""
    return made("g4-tls", setting("key", with_algorithm(pooled_key(OWN).public.spki, ALGORITHMS[says]))).der


@cache
def pkcs8(says: str, whose: str) -> bytes:
    native = pooled_key(whose).native
    return stating(native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), ALGORITHMS[says])


@cache
def key_file(says: str, whose: str, locked: bool) -> bytes:
    der = pkcs8(says, whose)
    return to_pem("ENCRYPTED PRIVATE KEY", encrypt_pkcs8(der, PASSPHRASE)) if locked else to_pem("PRIVATE KEY", der)


@cache
def fits(says: str, key_says: str, whose: str) -> bool:
    """Whether OpenSSL takes a key for a certificate; what it says of it is what whoever installs them meets."""
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder, "c.pem"), Path(folder, "c.key")
        one.write_bytes(pem(certificate(says)))
        other.write_bytes(key_file(key_says, whose, locked=False))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with suppress(ssl.SSLError):
            context.load_cert_chain(one, other)
            return True
        return False


CASES: Final = list(product(ALGORITHMS, ALGORITHMS, (OWN, OTHER)))


def test_openssl_tells_the_two_apart_by_their_algorithm_and_not_by_its_parameters() -> None:
    for says, key_says, whose in CASES:
        assert fits(says, key_says, whose) == (whose == OWN and (says == "plain") == (key_says == "plain"))


@pytest.mark.parametrize("locked", [False, True])
def test_a_key_is_that_of_a_certificate_wherever_it_stands_when_openssl_says_so(locked: bool) -> None:
    for says, key_says, whose in CASES:
        text, text_of_key, good = pem(certificate(says)), key_file(key_says, whose, locked), fits(says, key_says, whose)
        key = load_key(text_of_key, "c.key", passphrase=PASSPHRASE)
        one = check_file(text, name="c.pem", moment=MOMENT, environment="pre", expected=Expectation(key=key))
        assert ("received.key.match" not in one.report.codes()) == good, (says, key_says, whose)
        inside = check_file(text + text_of_key, name="c.pem", moment=MOMENT, environment="pre", passphrase=PASSPHRASE)
        assert ("received.private_key.foreign" not in inside.report.codes()) == good, (says, key_says, whose)
        files = {name: read_source(data, name) for name, data in (("c.pem", text), ("c.key", text_of_key))}
        beside = {each.rule.code for each in check_keys_together(files, PASSPHRASE) if each.status == "violated"}
        assert beside == (set() if good else {"received.private_key.named"}), (says, key_says, whose)
        asked = read_certificate(certificate(says)).public_key
        with_request = KeysWithRequests({"c.key": files["c.key"]}, PASSPHRASE).key_of("c.csr", asked)
        assert (with_request is not None and is_same_key(with_request, asked)) == good, (says, key_says, whose)
        if good:
            assert gather(files["c.pem"], moment=MOMENT, key=key).key is key
        else:
            with pytest.raises(InputError, match="does not belong to the certificate"):
                gather(files["c.pem"], moment=MOMENT, key=key)


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_a_key_goes_out_as_it_came_in(passphrase: bytes | None) -> None:
    for says in ALGORITHMS:
        key = load_key(key_file(says, OWN, locked=False), "c.key")
        again = load_key(key.pem(passphrase), "again.key", passphrase=passphrase)
        assert again.public == key.public
        assert key.pem(None) == key_file(says, OWN, locked=False)


def test_in_a_keystore_that_does_not_keep_what_it_is_none_is_put() -> None:
    for says in ALGORITHMS:
        key = load_key(key_file(says, OWN, locked=False), "c.key")
        if says == "plain":
            assert key_store(key, certificate(says), (), PASSPHRASE, name="x", rounds=1000)
        else:
            with pytest.raises(InputError, match="as a plain RSA key"):
                key_store(key, certificate(says), (), PASSPHRASE, name="x", rounds=1000)


def test_a_keystore_that_tells_what_its_key_is_is_held_to_that() -> None:
    for says, key_says in product(ALGORITHMS, repeat=2):
        key = load_key(key_file(key_says, OWN, locked=False), "c.key")
        store = pkcs12_of(("x", certificate(says), key))
        codes = check_file(store, name="c.p12", moment=MOMENT, environment="pre").report.codes()
        # of a keystore without such a certificate it is not asked
        assert ("received.private_key.foreign" in codes) == (says != "plain" and not fits(says, key_says, OWN))


def test_what_does_not_tell_which_of_the_two_it_is_is_taken_for_either_and_for_no_other() -> None:
    """The old form of a keystore is opened by what makes any RSA key a plain one."""
    form = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(1000).hmac_hash(SHA1())
    locked = form.key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC).build(PASSPHRASE)
    for whose, says in product((OWN, OTHER), ALGORITHMS):
        store = serialize_key_and_certificates(
            b"x", cast("RSAPrivateKey", pooled_key(whose).native), None, None, locked
        )
        expected = Expectation(key=load_key(store, "c.p12", passphrase=PASSPHRASE))
        found = check_file(pem(certificate(says)), name="c", moment=MOMENT, environment="pre", expected=expected)
        assert ("received.key.match" in found.report.codes()) == (whose != OWN)
