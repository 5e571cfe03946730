"""What is dropped together on the page: that a key or request fits is said, and what does not, or stayed closed, is."""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.self_signed import self_signed
from tests.cli.conftest import pem
from tests.support.keys import SHARED_KEYS
from tests.support.page import MOMENT, Read, Visitor
from tests.support.requests import dns as host_names
from tests.support.requests import pooled_key, request, subject

PASSPHRASE: Final = "canary-passphrase"
FITS: Final = {
    "key": "The private key in {} belongs to this certificate.",
    "locked": "The private key in {} belongs to this certificate.",
    "request": "The request in {} is for the key of this certificate.",
    "public": "The public key in {} is that of this certificate.",
}


@cache
def certificates() -> tuple[IssuedCertificate, ...]:
    names = {"oin": "00000003273229750000", "organization": "Gemeente", "common_name": "x.example.nl"}
    return tuple(self_signed(moment=MOMENT, keys=SHARED_KEYS, dns=["x.example.nl"], **names) for _ in range(3))


def thing(kind: str, key_pem: bytes) -> bytes:
    """A key, or what is made of one, as it lies in a file."""
    key = load_pem_private_key(
        key_pem, None, unsafe_skip_rsa_key_validation=True
    )  # made here: to try its primes takes 100 ms
    assert isinstance(key, RSAPrivateKey)
    if kind == "request":
        return x509.CertificateSigningRequestBuilder(x509.Name([])).sign(key, SHA256()).public_bytes(Encoding.PEM)
    if kind == "public":
        return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    locked = BestAvailableEncryption(PASSPHRASE.encode())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked) if kind == "locked" else key_pem


def heads(body: bytes) -> list[str]:
    """The verdicts, the first of which is the one that is read."""
    return re.findall(r'<h[12] class="verdict".*?<span>(.*?)</span>', body.decode(), re.DOTALL)


@pytest.mark.parametrize(("kind", "whose", "name", "count"), [*product(FITS, (0, 2), ("a", "z"), (1, 2))])
def test_what_fits_is_said_at_the_certificate_it_fits_and_what_fits_none_is_never_simply_good(
    kind: str, whose: int, name: str, count: int
) -> None:
    mine = certificates()
    beside = f"{name}.{'key' if kind in {'key', 'locked'} else 'csr' if kind == 'request' else 'pub'}"
    files = [(f"{'ab'[number]}.pem", mine[number].pem) for number in range(count)]
    dropped = [*files, (beside, thing(kind, mine[whose].key_pem))]
    asked = {"system": "digid-machtigen", "environment": "preproduction"}
    answer = Visitor().drop(dropped, passphrase=PASSPHRASE if kind == "locked" else "", **asked)
    body, told = answer.body, FITS[kind].format(beside)
    articles = body.decode().split("<article")[1:]
    assert [told in each for each in articles] == [number == whose for number in range(count)]
    good = "PASSED (revocation not looked at) for"
    if whose == 0:
        assert all(each.startswith(good) for each in heads(body)), heads(body)
    elif name == "z" and (kind == "request" or (kind == "public" and count == 2)):
        # it may well be that of the next certificate
        assert {"received.request.next", "received.public_key.beside"} & set(Read(answer).text.split())
    else:
        assert not heads(body)[0].startswith(good), heads(body)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("passphrase", ["", "not-the-passphrase"])
@pytest.mark.parametrize("name", ["a.key", "z.key"])
def test_a_key_that_stays_closed_is_compared_with_nothing_and_the_answer_begins_with_that(
    name: str, passphrase: str, count: int
) -> None:
    mine = certificates()
    dropped = [*((f"{'ab'[number]}.pem", mine[number].pem) for number in range(count)),
               (name, thing("locked", mine[0].key_pem))]  # fmt: skip
    answer = Visitor().drop(dropped, passphrase=passphrase, system="digid-machtigen", environment="preproduction")
    text = Read(answer).text
    assert heads(answer.body)[0].startswith("INDETERMINATE")
    assert "belongs to this certificate" not in text
    why = "could not be opened with this passphrase" if passphrase else "is encrypted and no passphrase was given"
    assert f"The key in {name} {why}" in text
    assert "Give the certificate or request" not in text, "it was given"


def test_two_keys_that_were_exchanged_say_so_before_anything_else_and_each_names_the_right_certificate() -> None:
    one, other, _ = certificates()
    files = [("a.pem", one.pem), ("a.key", other.key_pem), ("b.pem", other.pem), ("b.key", one.key_pem)]
    answer = Visitor().drop(files, system="digid-machtigen", environment="preproduction")
    whole, *articles = answer.body.decode().split("<article")
    assert heads(answer.body)[0].startswith("FAILED")
    for each in "ab":
        assert f"The private key in {each}.key does not belong to the certificate in {each}.pem" in whole
    assert "Now" in Read(whole.encode()).text
    fits = [re.findall(r"The private key in (\w\.key) belongs to this certificate", each) for each in articles]
    assert fits == [["b.key"], ["a.key"]]
    assert all("another private key" in each for each in heads(answer.body)[1:]), heads(answer.body)
    assert "2 × PASSED" in Read(whole.encode()).text
    assert 'class="notice good"' not in answer.body.decode()


@pytest.mark.parametrize(("kind", "whose", "head", "told"), [
    ("plain", 0, "PASSED", "The private key in z.key belongs to this request."),
    ("locked", 0, "PASSED (private key not compared)", "The key in z.key is encrypted and no passphrase was given."),
    ("plain", 1, "FAILED", "Another key"),
])  # fmt: skip
def test_of_a_request_it_is_said_too_whether_the_key_beside_it_is_its_own(
    kind: str, whose: int, head: str, told: str
) -> None:
    keys = (pooled_key(), pooled_key("rsa:4096"))
    made = pem("CERTIFICATE REQUEST", request(subject(), host_names("api.example.nl"), key=keys[0]))
    beside = keys[whose].pem(PASSPHRASE.encode() if kind == "locked" else None)
    answer = Visitor().drop([("a.csr", made), ("z.key", beside)])
    text = Read(answer).text
    assert heads(answer.body) == [head]
    assert told in text
    assert "certificates." not in text.partition("Check something else")[0].rpartition("z.key")[2], text


def test_a_key_in_the_file_of_a_request_is_told_with_where_it_stands() -> None:
    """Its sentence had no operand for the name of the key, and began with a question mark."""
    key = pooled_key()
    both = pem("CERTIFICATE REQUEST", request(subject(), host_names("api.example.nl"), key=key)) + key.pem(None)
    text = Read(Visitor().drop([("a.pem", both)])).text
    assert "Part 2 is a private key" in text or "In part 2" in text, text
    assert "? is a private key" not in text
