"""How keystores and keys are protected is named, and the public half of a key is its certificate's."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES

from pkitools.containers import Contents, ItemKind, KeystoreProtection, Protection, read_source
from pkitools.containers.protection import protection_of_key, protection_of_keystore
from pkitools.reports import DescribedItem, cert_show_document, describe
from pkitools.requests import load_key
from pkitools.requests.pbes2 import ROUNDS, encrypt_pkcs8
from tests.containers.conftest import Made
from tests.containers.test_keystores import authenticated, encrypted, mac, old, pbes2, pbkdf2, pbmac1, plain_bag, scrypt
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT
from tests.support.der import NULL, integer, oid, sequence, tlv
from tests.support.effort import bounded, budget
from tests.support.judges import KEYTOOL
from tests.support.shared import shared

OLD_3DES = Protection("3DES", "PKCS#12 KDF SHA-1", 2048)
AES = Protection("AES-256-CBC", "PBKDF2 SHA-256", 2048)


def described(data: bytes, passphrase: bytes | None = None) -> list[DescribedItem]:
    return list(describe("file", read_source(data, "file", passphrase=passphrase)).items)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "legacy",
            KeystoreProtection(
                OLD_3DES,
                Protection("RC2-40", "PKCS#12 KDF SHA-1", 2048),
                Protection("HMAC SHA-1", "PKCS#12 KDF SHA-1", 2048),
            ),
        ),
        ("3des", KeystoreProtection(OLD_3DES, OLD_3DES, Protection("HMAC SHA-1", "PKCS#12 KDF SHA-1", 2048))),
        ("aes", KeystoreProtection(AES, AES, Protection("HMAC SHA-256", "PKCS#12 KDF SHA-256", 2048))),
    ],
)
def test_the_keystores_of_the_cases(name: str, expected: KeystoreProtection) -> None:
    data, secret = (shared(f"cases/R14/{file}").read_bytes() for file in (f"{name}.p12", "pw"))
    source = read_source(data, name, passphrase=secret.strip())
    assert source.keystore == expected
    key = source.of_kind(ItemKind.KEY)[0]
    assert (key.encrypted, key.protection) == (False, expected.key)


@in_one_test
@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        (pbes2(pbkdf2(1000)), Protection("AES-256-CBC", "PBKDF2 SHA-1", 1000)),
        (pbes2(scrypt(1024)), Protection("AES-256-CBC", "scrypt", 1024)),
        (old(7), Protection("3DES", "PKCS#12 KDF SHA-1", 7)),
        (sequence(oid("1.2.3.4"), sequence(tlv(0x04, b"salt"), integer(9))), Protection("1.2.3.4", "", 9)),
        (sequence(oid("1.2.3.4"), NULL), Protection("1.2.3.4", "", None)),
    ],
)
def test_every_scheme_is_named_where_it_stands(algorithm: bytes, expected: Protection) -> None:
    found = protection_of_keystore(authenticated(encrypted(algorithm), plain_bag(algorithm), mac=mac(5)))
    assert found == KeystoreProtection(expected, expected, Protection("HMAC SHA-256", "PKCS#12 KDF SHA-256", 5))
    assert protection_of_key(sequence(algorithm, tlv(0x04, bytes(16)))) == expected


def test_the_newer_mac_and_none() -> None:
    found = protection_of_keystore(authenticated(encrypted(old(7)), mac=pbmac1(3)))
    assert found.integrity == Protection("HMAC SHA-256", "PBKDF2 SHA-1", 3)
    assert protection_of_keystore(authenticated(encrypted(old(7)))).integrity is None


def test_one_plain_key_makes_the_keystore_plain() -> None:
    plain = sequence(oid("1.2.840.113549.1.12.10.1.1"), tlv(0xA0, sequence(integer(0))))
    bags = sequence(oid("1.2.840.113549.1.7.1"), tlv(0xA0, tlv(0x04, sequence(plain))))
    assert protection_of_keystore(authenticated(plain_bag(old(7)), bags)).key is None
    assert protection_of_keystore(authenticated(encrypted(old(7)))).key == Protection("3DES", "PKCS#12 KDF SHA-1", 7)


def keystore(made: Made, scheme: PBES | None) -> bytes:
    builder = PrivateFormat.PKCS12.encryption_builder()
    encryption = (
        NoEncryption()
        if scheme is None
        else builder.kdf_rounds(3000).key_cert_algorithm(scheme).hmac_hash(hashes.SHA256()).build(b"secret")
    )
    return pkcs12.serialize_key_and_certificates(b"mine", made.key, made.certificate, None, encryption)


def test_a_key_that_the_keystore_encrypts_is_not_called_plain(made: Made) -> None:
    for scheme, expected in (
        (PBES.PBESv2SHA256AndAES256CBC, Protection("AES-256-CBC", "PBKDF2 SHA-256", 3000)),
        (PBES.PBESv1SHA1And3KeyTripleDESCBC, Protection("3DES", "PKCS#12 KDF SHA-1", 3000)),
        (None, None),
    ):
        data, secret = keystore(made, scheme), b"secret" if scheme else None
        item = described(data, secret)[0]
        assert (item.is_encrypted, item.protection) == (scheme is not None, expected)
        file = describe("file", read_source(data, "file", passphrase=secret))
        document = cert_show_document([file], MOMENT)
        assert document["files"][0]["items"][0]["encrypted"] is (scheme is not None)  # type: ignore[index]  # a document is made of plain objects


def test_a_keystore_opened_without_a_passphrase_protects_nothing(made: Made) -> None:
    builder = PrivateFormat.PKCS12.encryption_builder().key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC)
    data = pkcs12.serialize_key_and_certificates(b"a", made.key, made.certificate, None, builder.build(b"x"))
    assert described(data, b"x")[0].is_encrypted
    assert not described(keystore(made, None))[0].is_encrypted


def keys(made: Made, rsa_key: rsa.RSAPrivateKey, dsa_key: dsa.DSAPrivateKey) -> list[tuple[object, str]]:
    return [
        (made.key, "EC P-256"),
        (rsa_key, "RSA 1024"),
        (dsa_key, "DSA 1024"),
        (ed25519.Ed25519PrivateKey.generate(), "Ed25519 255"),
        (ec.generate_private_key(ec.SECP521R1()), "EC P-521"),
    ]


def test_the_public_half_is_that_of_the_certificate(
    made: Made, rsa_key: rsa.RSAPrivateKey, dsa_key: dsa.DSAPrivateKey
) -> None:
    for key, label in keys(made, rsa_key, dsa_key):
        spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]  # every key made here has it
        for encoding in (Encoding.DER, Encoding.PEM):
            data = key.private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]  # every key made here has it
            item = described(data)[0]
            assert item.public_key is not None
            assert (item.public_key.label, item.public_key.spki) == (label, spki)
            assert not item.is_encrypted
        assert described(spki)[0].public_key == item.public_key
    own = described(made.pem)[0].facts
    assert own is not None
    key_item = described(made.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()))[0]
    assert key_item.public_key == own.public_key  # type: ignore[union-attr]  # there is one


def test_an_encrypted_key_says_how_and_nothing_more(made: Made) -> None:
    der = made.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    item = described(encrypt_pkcs8(der, b"secret"))[0]
    assert item.is_encrypted
    assert item.public_key is None
    assert item.protection == Protection("AES-256-CBC", "PBKDF2 SHA-256", ROUNDS)
    old_form = made.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"x"))
    item = described(old_form)[0]
    assert (item.is_encrypted, item.public_key, item.protection) == (True, None, None)


@pytest.mark.slow
def test_a_java_keystore_names_its_own_scheme(tmp_path: Path) -> None:
    path = tmp_path / "a.jks"
    command = [
        "keytool",
        *KEYTOOL,
        "-genkeypair",
        "-keystore",
        str(path),
        "-storetype",
        "JKS",
        "-storepass",
        "geheim123",
    ]
    command += ["-keyalg", "EC", "-alias", "a", "-dname", "CN=a"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no keytool here")
    item = described(path.read_bytes())[0]
    assert (item.item.kind, item.is_encrypted) == (ItemKind.KEY, True)
    assert item.protection == Protection("JKS", "SHA-1", None)


@pytest.mark.slow
def test_a_key_of_a_keystore_can_sign(made: Made) -> None:
    data = keystore(made, PBES.PBESv2SHA256AndAES256CBC)
    assert (
        load_key(data, "k.p12", passphrase=b"secret").public
        == load_key(made.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), "k").public
    )
    for name in ("k.p12", "aes.p12"):
        path, secret = shared(f"cases/R12/{name}"), shared("cases/R12/pw").read_bytes().strip()
        assert load_key(path.read_bytes(), name, passphrase=secret).public.algorithm == "RSA"


def test_damage_is_an_answer_or_none() -> None:
    good = authenticated(encrypted(pbes2(pbkdf2(1000))), plain_bag(old(7)), mac=pbmac1(3))
    chance = random.Random(14)
    for _ in range(budget("PKITOOLS_FUZZ_ROUNDS", 300)):
        data = bytearray(good)
        for _ in range(chance.choice((1, 2, 8))):
            data[chance.randrange(len(data))] = chance.choice(b"\x00\x01\x02\x04\x06\x30\x31\x80\x82\xa0\xff")
        with bounded(1.0):
            assert isinstance(protection_of_keystore(bytes(data)), KeystoreProtection)
            protection_of_key(bytes(data))


def test_nothing_secret_shows(made: Made) -> None:
    source: Contents = read_source(keystore(made, PBES.PBESv2SHA256AndAES256CBC), "k.p12", passphrase=b"secret")
    file = describe("k.p12", source)
    shown = f"{file!r}{file.items!r}{cert_show_document([file], MOMENT)!r}"
    assert source.keys[0].hex() not in shown
    assert repr(source.keys[0]) not in shown
    assert str(made.key.private_numbers().private_value) not in shown
