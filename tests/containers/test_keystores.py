"""PKCS#12 and Java keystores, made by cryptography, OpenSSL and keytool."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from pkitools.containers import ContainerFormat, Contents, ItemKind, read_source
from pkitools.containers.pkcs12_mac import passphrase_fits
from pkitools.errors import InputError, LimitError, SecretError
from pkitools.limits import MAX_KDF_ITERATIONS
from tests.conftest import LEVEL
from tests.containers.conftest import Made
from tests.support.cases import in_one_test
from tests.support.der import NULL, integer, oid, sequence, tlv
from tests.support.effort import bounded
from tests.support.judges import KEYTOOL as SOON

DATA, ENCRYPTED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.6"
PBES2, PBKDF2, SCRYPT, PBMAC1 = (
    "1.2.840.113549.1.5.13",
    "1.2.840.113549.1.5.12",
    "1.3.6.1.4.1.11591.4.11",
    "1.2.840.113549.1.5.14",
)
OLD_PBE, SHROUDED = "1.2.840.113549.1.12.1.3", "1.2.840.113549.1.12.10.1.2"


def keystore(made: Made, passphrase: bytes | None = b"secret", *, key: bool = True) -> bytes:
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return pkcs12.serialize_key_and_certificates(
        b"mine", made.key if key else None, made.certificate, [made.other], encryption
    )


def opened(data: bytes, passphrase: bytes | None = b"secret") -> Contents:
    return read_source(data, "store.p12", passphrase=passphrase)


def test_a_keystore_gives_key_certificate_and_chain(made: Made) -> None:
    source = opened(keystore(made))
    assert source.container is ContainerFormat.PKCS12
    assert [item.kind for item in source.items] == [ItemKind.KEY, ItemKind.CERTIFICATE, ItemKind.CERTIFICATE]
    assert source.certificates == (made.der, made.other_der)
    assert source.items[1].alias == "mine"
    assert source.keys == (made.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)


def test_the_secret_does_not_show(made: Made) -> None:
    source = opened(keystore(made))
    shown = f"{source!r} {source} {source.items[0]!r}"
    assert source.keys[0].hex() not in shown
    assert repr(source.keys[0]) not in shown


def test_wrong_and_missing_passphrases_are_errors_about_the_secret(made: Made) -> None:
    with pytest.raises(SecretError) as wrong:
        opened(keystore(made), b"Secret")
    assert wrong.value.code == "sources.error.passphrase_wrong"
    with pytest.raises(SecretError) as missing:
        opened(keystore(made), None)
    assert missing.value.code == "sources.error.passphrase_missing"
    assert str(missing.value).endswith("Give the passphrase.")
    with pytest.raises(SecretError):
        opened(keystore(made), b"")


def test_a_keystore_without_a_passphrase_opens_without_one(made: Made) -> None:
    assert opened(keystore(made, None), None).certificates == (made.der, made.other_der)


def authenticated(*contents: bytes, mac: bytes = b"") -> bytes:
    safe = sequence(oid(DATA), tlv(0xA0, tlv(0x04, sequence(*contents))))
    return sequence(integer(3), safe, mac)


def pbkdf2(rounds: int) -> bytes:
    return sequence(oid(PBKDF2), sequence(tlv(0x04, bytes(16)), integer(rounds), integer(32)))


def pbes2(kdf: bytes) -> bytes:
    return sequence(oid(PBES2), sequence(kdf, sequence(oid("2.16.840.1.101.3.4.1.42"), tlv(0x04, bytes(16)))))


def encrypted(algorithm: bytes) -> bytes:
    content = sequence(integer(0), sequence(oid(DATA), algorithm, tlv(0x80, bytes(64))))
    return sequence(oid(ENCRYPTED), tlv(0xA0, content))


def plain_bag(algorithm: bytes) -> bytes:
    bag = sequence(oid(SHROUDED), tlv(0xA0, sequence(algorithm, tlv(0x04, bytes(64)))))
    return sequence(oid(DATA), tlv(0xA0, tlv(0x04, sequence(bag))))


def mac(rounds: int) -> bytes:
    digest = sequence(sequence(oid("2.16.840.1.101.3.4.2.1"), NULL), tlv(0x04, bytes(32)))
    return sequence(digest, tlv(0x04, bytes(8)), integer(rounds))


def pbmac1(rounds: int) -> bytes:
    parameters = sequence(pbkdf2(rounds), sequence(oid("1.2.840.113549.2.9"), NULL))
    return sequence(sequence(sequence(oid(PBMAC1), parameters), tlv(0x04, bytes(32))), tlv(0x04, bytes(8)), integer(1))


def old(rounds: int) -> bytes:
    return sequence(oid(OLD_PBE), sequence(tlv(0x04, bytes(8)), integer(rounds)))


def scrypt(cost: int, block: int = 8, parallel: int = 1) -> bytes:
    return sequence(oid(SCRYPT), sequence(tlv(0x04, bytes(16)), integer(cost), integer(block), integer(parallel)))


@pytest.mark.parametrize("rounds", [MAX_KDF_ITERATIONS + 1, 2**31 - 1, 2**80])
def test_too_many_rounds_are_refused_before_any_is_run(rounds: int) -> None:
    for data in (
        authenticated(mac=mac(rounds)),
        authenticated(mac=pbmac1(rounds)),
        authenticated(encrypted(pbes2(pbkdf2(rounds))), mac=mac(1)),
        authenticated(encrypted(old(rounds)), mac=mac(1)),
        authenticated(plain_bag(pbes2(pbkdf2(rounds))), mac=mac(1)),
        authenticated(plain_bag(old(rounds)), mac=mac(1)),
        authenticated(encrypted(old(1)), plain_bag(pbes2(pbkdf2(rounds))), mac=mac(1)),
    ):
        with bounded(0.5), pytest.raises(LimitError, match="rounds of key derivation"):
            opened(data)


@pytest.mark.parametrize("kdf", [scrypt(2**20, 8), scrypt(2**14, 2**10), scrypt(2**14, 8, 10**6), scrypt(2**70)])
def test_scrypt_beyond_its_memory_or_time_is_refused(kdf: bytes) -> None:
    with pytest.raises(LimitError, match="rounds of key derivation"):
        opened(authenticated(encrypted(pbes2(kdf)), mac=mac(1)))


@pytest.mark.slow
def test_the_limit_itself_is_allowed() -> None:
    data = authenticated(encrypted(pbes2(pbkdf2(MAX_KDF_ITERATIONS))), encrypted(pbes2(scrypt(2**16))))
    with pytest.raises(SecretError):  # it is tried, and its content is zeroes
        opened(data)


@pytest.mark.parametrize(
    "data",
    [
        sequence(integer(3), sequence(oid(DATA), tlv(0xA0, tlv(0x04, b"\x30\x05")))),
        sequence(integer(3), sequence(oid(DATA), tlv(0xA0, tlv(0x04, b"\x04\x00")))),
        sequence(integer(3), sequence(oid(DATA), tlv(0xA0, tlv(0x24, tlv(0x04, b"\x30"), tlv(0x04, b"\x00"))))),
        authenticated(mac=sequence(sequence(), tlv(0x04, b""), tlv(0x04, b""))),
    ],
)
def test_a_keystore_whose_structure_hides_something_is_refused(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        opened(data)
    assert refused.value.code == "sources.error.pkcs12_malformed"


@pytest.mark.slow
def test_the_size_and_number_of_parts_are_bounded() -> None:
    with pytest.raises(LimitError, match="too many parts"):
        opened(authenticated(NULL * 9_000_000))
    with pytest.raises(LimitError, match="too many parts"):
        opened(authenticated(NULL * 300_000))


# second judges

OPENSSL, KEYTOOL = shutil.which("openssl"), shutil.which("keytool")


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
@pytest.mark.parametrize("options", [[], ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"]])
def test_keystores_of_openssl(made: Made, tmp_path: Path, options: list[str]) -> None:
    key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "all.pem").write_bytes(key + made.pem)
    command = [
        str(OPENSSL),
        "pkcs12",
        "-export",
        "-in",
        str(tmp_path / "all.pem"),
        "-passout",
        "pass:wachtwoord é",
        *options,
    ]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    source = opened(data, "wachtwoord é".encode())
    assert source.certificates == (made.der,)
    assert len(source.keys) == 1
    with pytest.raises(SecretError):
        opened(data, b"wachtwoord e")


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.skipif(KEYTOOL is None, reason="keytool is not installed")
@pytest.mark.parametrize("kind", ["JKS", "JCEKS"])
def test_java_keystores_of_the_old_type_show_their_public_part(made: Made, tmp_path: Path, kind: str) -> None:
    (tmp_path / "all.p12").write_bytes(keystore(made))
    (tmp_path / "other.pem").write_bytes(made.other.public_bytes(Encoding.PEM))
    store = tmp_path / "store"
    common = [
        "-storetype",
        kind,
        "-keystore",
        str(store),
        "-storepass",
        "secret",
        "-noprompt",
        *SOON,
    ]
    imported = ["-importcert", "-alias", "anchor", "-file", str(tmp_path / "other.pem"), *common]
    subprocess.run([str(KEYTOOL), *imported], capture_output=True, check=True)
    copied = ["-importkeystore", "-srckeystore", str(tmp_path / "all.p12"), "-srcstorepass", "secret", "-destkeystore"]
    copied += [str(store), "-deststoretype", kind, "-deststorepass", "secret", "-destkeypass", "secret", "-noprompt"]
    subprocess.run([str(KEYTOOL), *SOON, *copied], capture_output=True, check=True)
    source = read_source(store.read_bytes(), "store")
    assert source.container is ContainerFormat.JKS
    found = {(item.kind, item.alias, item.encrypted) for item in source.items}
    assert {
        (ItemKind.KEY, "mine", True),
        (ItemKind.CERTIFICATE, "mine", False),
        (ItemKind.CERTIFICATE, "anchor", False),
    } <= found
    assert {made.der, made.other_der} == set(source.certificates)
    assert [opened(store.read_bytes(), given).digest_fits for given in (None, b"secret", b"x")] == [None, True, False]


def jks(*entries: bytes, version: int = 2, count: int | None = None) -> bytes:
    number = len(entries) if count is None else count
    return b"\xfe\xed\xfe\xed" + version.to_bytes(4, "big") + number.to_bytes(4, "big") + b"".join(entries) + bytes(20)


def trusted(der: bytes, alias: bytes = b"ca", kind: bytes = b"X.509") -> bytes:
    head = b"\x00\x00\x00\x02" + len(alias).to_bytes(2, "big") + alias + bytes(8)
    return head + len(kind).to_bytes(2, "big") + kind + len(der).to_bytes(4, "big") + der


def test_a_java_keystore_by_hand(made: Made) -> None:
    source = read_source(jks(trusted(made.der), trusted(b"?", kind=b"PGP"), trusted(made.other_der)), "store")
    assert source.certificates == (made.der, made.other_der)
    assert source.items[0].alias == "ca"
    before_a_secret_key = jks(trusted(made.der), b"\x00\x00\x00\x03\x00\x01a" + bytes(8) + b"serialised")
    assert read_source(before_a_secret_key, "store").certificates == (made.der,)


@in_one_test
@pytest.mark.parametrize(
    "data",
    [
        jks(version=9),
        jks(count=1),
        jks(b"\x00\x00\x00\x07\x00\x00" + bytes(8)),
        jks(trusted(b"x" * 100)[:-50]),
        jks(count=2**32 - 1),
    ],
)
def test_a_damaged_java_keystore_is_told(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_source(data, "store")
    assert refused.value.code == "sources.error.jks_malformed"


def test_an_empty_java_keystore_holds_nothing() -> None:
    with pytest.raises(InputError, match="holds no certificate"):
        read_source(jks(), "store")


def test_the_digest_of_a_java_keystore_is_checked_with_its_passphrase_and_left_open_without(made: Made) -> None:
    """The digest that keytool makes is pinned by the test with keytool; here its three answers."""
    entry = b"\x00\x00\x00\x02\x00\x01a" + bytes(8) + b"\x00\x05X.509" + len(made.der).to_bytes(4, "big") + made.der
    body = b"\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01" + entry
    digest = hashlib.sha1("geheim".encode("utf-16-be") + b"Mighty Aphrodite" + body).digest()
    store = body + digest
    assert opened(store, None).digest_fits is None
    assert opened(store, b"geheim").digest_fits is True
    assert opened(store, b"another").digest_fits is False
    changed = store.replace(b"\x00\x01a", b"\x00\x01b")
    assert opened(changed, b"geheim").digest_fits is False


@pytest.mark.slow
def test_a_passphrase_that_is_right_is_never_called_wrong() -> None:
    """All keystores of the vectors: what stands in the way of two of them is a DSA key without parameters."""
    known = (None, b"", b"password", b"cryptography")
    every = sorted(Path(cryptography_vectors.__file__).parent.rglob("*.p12"))
    assert len(every) > 400
    stores = [store for n, store in enumerate(every) if LEVEL == "deep" or n % 10 == 0 or "DSAParameter" in store.name]
    unread = []
    for store in stores:
        data = store.read_bytes()
        [right, *_] = [passphrase for passphrase in known if passphrase_fits(data, passphrase)]
        try:
            opened(data, right)
        except InputError as error:
            unread.append((store.name, error.code))
    assert {code for _, code in unread} == {"sources.error.pkcs12_contents"}
    assert all("DSAParameter" in name for name, _ in unread)
    with pytest.raises(SecretError) as refused:
        opened(stores[0].read_bytes(), b"no such passphrase")
    assert refused.value.code == "sources.error.passphrase_wrong"
