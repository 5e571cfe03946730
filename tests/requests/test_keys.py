"""Private keys: any form in, PKCS#8 with strong encryption out, nothing of them shown."""

from __future__ import annotations

import base64
import contextlib
import math
import pickle
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import InputError, InvalidValueError, LimitError, PkitoolsError, SecretError
from pkitools.requests import generate_key, key_consistency, load_key
from pkitools.requests.pbes2 import ROUNDS
from tests.support import rsa_keys
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


def pkcs1(n: int, e: int, d: int, p: int, q: int, *kept: int) -> bytes:
    """An RSA private key in DER; what is kept to compute faster is computed where it is not given."""
    faster = kept or (d % (p - 1), d % (q - 1), pow(q, -1, p))
    return sequence(*map(integer, (0, n, e, d, p, q, *faster)))


def of_primes(p: int, q: int, *more: int, e: int = 65537) -> tuple[int, int, int, int, int]:
    """A key of which p is to be the product of its first primes, with an exponent that fits whatever they are."""
    d = pow(e, -1, math.lcm(p - 1, q - 1, *(prime - 1 for prime in more)))
    return p * q, e, d, p, q


@pytest.fixture(autouse=True)
def every_prime_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those of the keys that the tests are given (tests/support/rsa_keys.py)."""
    monkeypatch.setattr(key_consistency, "_is_prime", rsa_keys.tried)


NUMBERS = pooled_key(RSA).native.private_numbers()  # type: ignore[union-attr]  # an RSA key
P, Q, D = NUMBERS.p, NUMBERS.q, NUMBERS.d
N, E = NUMBERS.public_numbers.n, NUMBERS.public_numbers.e
R, S = (primes.private_numbers().p for primes in (rsa.generate_private_key(65537, 1024) for _ in range(2)))
EVEN = (P + 1) * Q
LCM = math.lcm(P - 1, Q - 1)
OTHER_E = next(e for e in range(17, 1000, 2) if math.gcd(e, LCM) == 1)  # the primes are made anew in each run

UNFIT = {
    "another exponent": pkcs1(N, E, D + 2, P, Q),
    "an exponent of another key": pkcs1(N, E, pow(OTHER_E, -1, LCM), P, Q),
    "an exponent of nothing": pkcs1(N, E, 1, P, Q),
    "another public exponent": pkcs1(N, 3, D, P, Q),
    "a public exponent of nothing": pkcs1(N, 1, 1, P, Q),
    "another modulus": pkcs1(N + 2, E, D, P, Q),
    "a modulus of other primes": pkcs1(N, E, D, P, R),
    "an even modulus": pkcs1(EVEN, E, D, P + 1, Q),
    "another first prime": pkcs1(N, E, D, P + 2, Q),
    "another second prime": pkcs1(N, E, D, P, Q - 2),
    "the modulus as a prime": pkcs1(N, E, D, N, 1, D, 0, 1),
    "the same prime twice": pkcs1(P * P, E, pow(E, -1, P * (P - 1)), P, P, D % (P - 1), D % (P - 1), 1),
    "a faster exponent that does not fit": pkcs1(N, E, D, P, Q, D % (P - 1) + 2, D % (Q - 1), pow(Q, -1, P)),
    "another faster exponent": pkcs1(N, E, D, P, Q, D % (P - 1), D % (Q - 1) + 2, pow(Q, -1, P)),
    "a coefficient that does not fit": pkcs1(N, E, D, P, Q, D % (P - 1), D % (Q - 1), pow(Q, -1, P) + 1),
    "a coefficient beyond the prime": pkcs1(N, E, D, P, Q, D % (P - 1), D % (Q - 1), pow(Q, -1, P) + P),
    "a first prime that is none": pkcs1(*of_primes(R * S, Q)),
    "a second prime that is none": pkcs1(*of_primes(Q, R * S)),
    "a prime that is none in a key that signs": pkcs1(*of_primes(R * S, Q, R, S)),
    "a tiny first prime that is none": pkcs1(*of_primes(3 * 1801, Q * R, 3, 1801, Q, R)),
    "no primes": pkcs1(N, E, D, 0, 0, 0, 0, 0),
}


@pytest.mark.parametrize("form", ["PKCS#1", "PKCS#8"])
@pytest.mark.parametrize("name", UNFIT)
def test_a_key_whose_parts_do_not_belong_together_is_refused(name: str, form: str) -> None:
    der = UNFIT[name]
    if form == "PKCS#8":
        der = sequence(integer(0), sequence(oid("1.2.840.113549.1.1.1"), b"\x05\x00"), tlv(0x04, der))
    with pytest.raises(InputError) as caught:
        load_key(der, "k")
    assert caught.value.code in {
        "requests.error.key_damaged",
        "requests.error.key_even",
        "requests.error.key_malformed",
    }
    assert (caught.value.code == "requests.error.key_even") == (name == "an even modulus")


def test_each_part_of_a_key_counts() -> None:
    """One more in any of the numbers, and it is refused; as they are, it is taken."""
    numbers = [N, E, D, P, Q, D % (P - 1), D % (Q - 1), pow(Q, -1, P)]
    assert load_key(pkcs1(*numbers), "k").public.bits == 2048
    for place in range(len(numbers)):
        wrong = [number + 2 * (place == at) for at, number in enumerate(numbers)]
        with pytest.raises(InputError):
            load_key(pkcs1(*wrong), "k")


@pytest.mark.parametrize(("p", "q"), [(2**89 - 1, 2**107 - 1), (2**31 - 1, 2**61 - 1)])
def test_a_key_too_short_to_sign_with_is_whole(p: int, q: int) -> None:
    """That it is too short is told of it, and not that its parts do not belong together."""
    numbers = of_primes(p, q)
    assert load_key(pkcs1(*numbers), "k").public.bits == (p * q).bit_length()
    for wrong in (pkcs1(*numbers[:2], numbers[2] + 2, p, q), pkcs1(numbers[0] + 2, *numbers[1:])):
        with pytest.raises(InputError):
            load_key(wrong, "k")


def test_an_exponent_of_either_kind_is_taken() -> None:
    """Of the two that standards name, some programs keep the larger one."""
    for order in (math.lcm(P - 1, Q - 1), (P - 1) * (Q - 1)):
        assert load_key(pkcs1(N, E, pow(E, -1, order), P, Q), "k").public.bits == 2048
        assert load_key(pkcs1(N, E, pow(E, -1, order), Q, P), "k").public.bits == 2048


def test_a_number_that_was_looked_for_to_pass_for_a_prime_is_refused_by_most_bases(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A number of Carmichael passes the test of Fermat with every base; three bases in four tell by this one."""
    number = next(
        (6 * k + 1) * (12 * k + 1) * (18 * k + 1)
        for k in range(10**6, 10**7)
        if all(is_prime(factor * k + 1) for factor in (6, 12, 18))
    )
    assert all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7))
    told: dict[bool, list[int]] = {True: [], False: []}
    for base in range(2, 202):
        monkeypatch.setattr(key_consistency, "_base", lambda _, base=base: base)
        told[key_consistency._is_prime(number)].append(base)
    assert len(told[False]) >= 100
    (liar, *_), (witness, *_) = told[True], told[False]
    monkeypatch.setattr(key_consistency, "_base", lambda _: liar)
    whole = load_key(pkcs1(*of_primes(number, Q)), "k")  # all else fits: it signs, and what it signs is verified
    assert whole.public.bits == number.bit_length() + 1024 or whole.public.bits == number.bit_length() + 1023
    monkeypatch.setattr(key_consistency, "_base", lambda _: witness)
    with pytest.raises(InputError):
        load_key(pkcs1(*of_primes(number, Q)), "k")
    monkeypatch.setattr(key_consistency, "_base", lambda number: number - 2)
    assert all(key_consistency._is_prime(prime) for prime in (P, Q, R, S, 5, 7, 11, 13, 65537))


def is_prime(number: int) -> bool:
    return all(number % divisor for divisor in range(2, math.isqrt(number) + 1))


def test_the_numbers_of_a_key_that_computes_wrongly_are_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the relations not looked at, a signature would still have to be verified, and the other way round."""
    der = encode(RSA, Encoding.DER, PrivateFormat.TraditionalOpenSSL)
    with monkeypatch.context() as patched:
        patched.setattr(key_consistency, "_signs", lambda _: False)
        with pytest.raises(InputError):
            load_key(der, "k")
    monkeypatch.setattr(key_consistency, "_related", lambda _: True)
    monkeypatch.setattr(key_consistency, "_is_prime", lambda _: True)
    for name in ("another exponent", "another public exponent"):
        with pytest.raises(InputError):
            load_key(UNFIT[name], "k")


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
