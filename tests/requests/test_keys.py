"""Private keys: any form in, PKCS#8 with strong encryption out, nothing of them shown."""

from __future__ import annotations

import base64
import contextlib
import pickle
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import InputError, InvalidValueError, LimitError, PkitoolsError, SecretError
from pkitools.requests import generate_key, load_key
from pkitools.requests.pbes2 import ROUNDS
from tests.support.der import integer, oid, sequence, tlv
from tests.support.requests import pooled_key

PASSPHRASE = "geheim café".encode()
RSA, EC = "rsa:2048", "ec:p-256"


def encode(spec: str, encoding: Encoding, form: PrivateFormat, passphrase: bytes | None = None) -> bytes:
    encryption = serialization.BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return pooled_key(spec).native.private_bytes(encoding, form, encryption)


@pytest.mark.slow
@pytest.mark.parametrize("spec", [RSA, EC])
@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_every_usual_form_is_read(spec: str, encoding: Encoding, form: PrivateFormat, passphrase: bytes | None) -> None:
    if passphrase and encoding is Encoding.DER and form is PrivateFormat.TraditionalOpenSSL:
        passphrase = None  # there is no such form with encryption
    key = load_key(encode(spec, encoding, form, passphrase), "k", passphrase=PASSPHRASE)
    assert key.public.spki == pooled_key(spec).public.spki
    assert not key.made_here


def test_text_around_a_key_does_not_matter() -> None:
    pem = encode(RSA, Encoding.PEM, PrivateFormat.PKCS8)
    certificate = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    crlf = b"\xef\xbb\xbfBag Attributes\r\n" + certificate + pem.replace(b"\n", b"\r\n") + certificate
    assert load_key(crlf, "k").public.bits == 2048


def test_the_parameters_openssl_writes_before_an_ec_key_do_not_matter() -> None:
    parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    key = load_key(parameters + encode(EC, Encoding.PEM, PrivateFormat.TraditionalOpenSSL), "k")
    assert key.public.curve == "P-256"


@pytest.mark.slow
def test_an_encrypted_key_is_opened_again() -> None:
    pem = pooled_key(RSA).pem(PASSPHRASE)
    assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert max(map(len, pem.splitlines())) == 64 or b"-----" in max(pem.splitlines(), key=len)
    assert load_key(pem, "k", passphrase=PASSPHRASE).public.spki == pooled_key(RSA).public.spki
    native = serialization.load_pem_private_key(pem, PASSPHRASE)
    assert native.private_numbers() == pooled_key(RSA).native.private_numbers()  # type: ignore[union-attr]  # an RSA key


def test_the_encryption_is_as_strong_as_it_says() -> None:
    body = b"".join(pooled_key(RSA).pem(PASSPHRASE).splitlines()[1:-1])
    parsed = asn1_keys.EncryptedPrivateKeyInfo.load(base64.b64decode(body)).native
    parameters = parsed["encryption_algorithm"]["parameters"]
    derivation, scheme = parameters["key_derivation_func"], parameters["encryption_scheme"]
    assert parsed["encryption_algorithm"]["algorithm"] == "pbes2"
    assert derivation["algorithm"] == "pbkdf2"
    assert derivation["parameters"]["prf"]["algorithm"] == "sha256"
    assert derivation["parameters"]["iteration_count"] == ROUNDS == 600_000
    assert len(derivation["parameters"]["salt"]) == 32
    assert scheme["algorithm"] == "aes256_cbc"
    assert len(scheme["parameters"]) == 16


@pytest.mark.slow
def test_two_encryptions_of_one_key_have_nothing_in_common() -> None:
    first, second = (pooled_key(EC).pem(PASSPHRASE).splitlines()[2:] for _ in range(2))
    assert not set(first[:-1]) & set(second[:-1])


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.parametrize("spec", [RSA, EC])
def test_openssl_opens_an_encrypted_key(tmp_path: Path, spec: str) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    (tmp_path / "k").write_bytes(pooled_key(spec).pem(PASSPHRASE))
    (tmp_path / "p").write_bytes(PASSPHRASE)
    command = [
        "openssl",
        "pkey",
        "-in",
        tmp_path / "k",
        "-passin",
        f"file:{tmp_path / 'p'}",
        "-pubout",
        "-outform",
        "DER",
    ]
    opened = subprocess.run(command, capture_output=True, check=False)
    assert opened.stdout == pooled_key(spec).public.spki, opened.stderr


@pytest.mark.slow
@pytest.mark.interop
def test_gnutls_opens_an_encrypted_key(tmp_path: Path) -> None:
    if shutil.which("certtool") is None:
        pytest.skip("certtool is not installed")
    (tmp_path / "k").write_bytes(pooled_key(RSA).pem(b"geheim"))
    command = ["certtool", "--key-info", "--no-text", "--password", "geheim", "--infile", str(tmp_path / "k")]
    opened = subprocess.run(command, capture_output=True, text=True, check=False)
    assert opened.returncode == 0, opened.stderr
    assert "BEGIN RSA PRIVATE KEY" in opened.stdout


@pytest.mark.slow
def test_without_or_with_a_wrong_passphrase_it_stays_shut() -> None:
    pem = pooled_key(EC).pem(PASSPHRASE)
    for wrong, code in ((None, "needed"), (b"fout", "wrong"), (b"", "wrong")):
        with pytest.raises(SecretError) as caught:
            load_key(pem, "k", passphrase=wrong)
        assert caught.value.code == f"requests.error.passphrase_{code}"
    old = encode(RSA, Encoding.PEM, PrivateFormat.TraditionalOpenSSL, PASSPHRASE)
    with pytest.raises(SecretError):
        load_key(old, "k")


def test_an_empty_passphrase_is_refused() -> None:
    with pytest.raises(SecretError) as caught:
        pooled_key(EC).pem(b"")
    assert caught.value.code == "requests.error.passphrase_empty"


def encrypted(kdf: bytes) -> bytes:
    """An EncryptedPrivateKeyInfo with this key derivation, and rubbish inside."""
    scheme = sequence(oid("2.16.840.1.101.3.4.1.42"), tlv(0x04, b"\0" * 16))
    return sequence(sequence(oid("1.2.840.113549.1.5.13"), sequence(kdf, scheme)), tlv(0x04, b"\0" * 64))


def pbkdf2(rounds: int) -> bytes:
    return sequence(oid("1.2.840.113549.1.5.12"), sequence(tlv(0x04, b"salt"), integer(rounds)))


def scrypt(cost: int, block: int, parallel: int) -> bytes:
    numbers = [integer(number) for number in (cost, block, parallel)]
    return sequence(oid("1.3.6.1.4.1.11591.4.11"), sequence(tlv(0x04, b"salt"), *numbers))


@pytest.mark.parametrize(
    "kdf",
    [
        pbkdf2(5_000_001),
        pbkdf2(2**31 - 1),
        pbkdf2(2**200),
        scrypt(2**20, 8, 1),
        scrypt(2**14, 8, 10_000_000),
        scrypt(2**62, 1, 1),
    ],
)
def test_a_key_that_would_take_minutes_to_open_is_refused_unopened(kdf: bytes) -> None:
    with pytest.raises(LimitError) as caught:
        load_key(encrypted(kdf), "k", passphrase=b"x")
    assert caught.value.code == "requests.error.slow_key"


def test_rounds_up_to_the_limit_are_tried() -> None:
    with pytest.raises(SecretError):
        load_key(encrypted(pbkdf2(2048)), "k", passphrase=b"x")
    with pytest.raises(SecretError):
        load_key(encrypted(scrypt(2**14, 8, 1)), "k", passphrase=b"x")


def test_a_key_whose_parts_do_not_belong_together_is_refused() -> None:
    der = encode(RSA, Encoding.DER, PrivateFormat.TraditionalOpenSSL)
    numbers = pooled_key(RSA).native.private_numbers()
    wrong = der.replace(integer(numbers.q), integer(numbers.q - 2))  # type: ignore[union-attr]  # an RSA key
    assert wrong != der
    with pytest.raises(InputError) as caught:
        load_key(wrong, "k")
    assert caught.value.code == "requests.error.key_damaged"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_key"),
        (b"hello", "no_key"),
        (b"\x30\x00", "no_key"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no_key"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no_key"),
        (b"-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n", "no_key"),
        (sequence(integer(0), integer(1)), "no_key"),
        (b"\0" * 70_000, "key_file_too_large"),
    ],
)
def test_what_is_no_key_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        load_key(data, "k")
    assert caught.value.code == f"requests.error.{code}"


def test_two_keys_in_a_file_are_one_too_many() -> None:
    pem = encode(EC, Encoding.PEM, PrivateFormat.PKCS8)
    with pytest.raises(InputError) as caught:
        load_key(pem + pem, "k")
    assert caught.value.code == "requests.error.several_keys"


def test_other_kinds_of_keys_are_refused() -> None:
    native = ed25519.Ed25519PrivateKey.generate()
    pem = native.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(InputError) as caught:
        load_key(pem, "k")
    assert caught.value.code == "requests.error.key_kind"


@pytest.mark.slow
@given(st.integers(0, 1190), st.integers(1, 255))
def test_a_changed_octet_gives_our_own_error_or_a_key(position: int, change: int) -> None:
    der = bytearray(encode(RSA, Encoding.DER, PrivateFormat.PKCS8))
    der[position % len(der)] ^= change
    with contextlib.suppress(PkitoolsError):
        load_key(bytes(der), "k")


@pytest.mark.parametrize(
    "spec", ["rsa", "rsa:", "rsa:1024", "rsa:2047", "rsa:99999", "rsa:٣٠٧٢", "rsa:03072", "ec:p-192", "dsa:2048", ""]
)
def test_other_specifications_are_refused(spec: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        generate_key(spec)
    assert caught.value.code == "requests.error.key_type"


def test_a_new_key_is_as_asked() -> None:
    assert pooled_key("rsa:3072").public.label == "RSA 3072"
    assert pooled_key("rsa:3072").public.exponent == 65537
    assert pooled_key("ec:p-384").public.curve == "P-384"
    assert generate_key("EC:P-256").made_here


def test_nothing_of_a_key_shows() -> None:
    key = pooled_key(RSA)
    numbers = key.native.private_numbers()
    for text in (repr(key), str(key), f"{key}", f"{[key]}"):
        assert text in {"<PrivateKey RSA 2048>", "[<PrivateKey RSA 2048>]"}
        assert not re.search(str(numbers.d)[:20], text)  # type: ignore[union-attr]  # an RSA key
    with pytest.raises(TypeError):
        pickle.dumps(key)
