"""RSA keys without the search for their primes, a second for 4096 bits: no test looks at how those are found.

A prime is the first after a number that follows from its place; how far after is kept here, so no key is, and none is
of any use outside the tests. Keys of one size that follow one another differ: there are 1024 of each, and then others
are made as ever. A process of its own, such as a command that a test starts, makes its keys itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from hashlib import shake_256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from pkitools.requests import key_consistency
from tests.support.der import oid, sequence, tlv

searched: Final = rsa.generate_private_key
"""The real thing, for who tests that."""

tried: Final = key_consistency._is_prime
"""How the library tries the primes of a key that it reads, for who tests that."""

opened: Final = pkcs12.load_pkcs12
"""How a PKCS#12 is opened, for who tests that."""

_given: Final[set[int]] = set()
_held: Final[dict[bytes, rsa.RSAPrivateKey]] = {}
"""What was given, by its PKCS #8."""

MANY: Final = 64
"""Primes of each size: half of them are the first of a key, half the second."""

_STEPS: Final[Mapping[int, str]] = {
    512: """
        133 448 101 4 293 57 199 46 174 5 77 98 145 417 71 74 72 22 144 304 564 226 181 317 450 255 151 1 22 63 140 268
        25 302 209 228 83 199 68 63 144 338 248 93 28 61 51 117 235 145 63 117 98 82 156 272 8 89 118 152 185 25 18 32
    """,
    1024: """
        222 583 218 311 107 445 341 1565 410 209 55 567 256 198 471 226 448 286 734 599 11 191 106 114 1037 151 28 260
        203 716 131 431 183 796 5 201 177 20 227 441 416 505 231 316 907 283 35 1178 625 555 218 947 605 355 281 660 29
        1334 33 173 129 320 59 191
    """,
    1536: """
        234 14 613 55 15 28 847 594 165 73 218 350 163 466 117 95 404 501 56 405 1392 381 63 229 53 1624 291 462 1436 38
        199 5 336 150 189 59 120 413 288 867 605 350 187 252 219 336 28 478 144 46 32 1164 136 475 224 75 1286 223 343
        1657 1608 328 1723 103
    """,
    2048: """
        51 1748 1101 137 1710 625 210 343 90 21 386 1004 1702 926 150 618 837 1230 1626 187 689 1837 847 2824 1373 58
        120 28 846 1276 546 778 513 55 1316 1259 1040 617 473 123 43 825 878 2129 675 1193 951 627 39 1433 470 2265 106
        272 464 1228 594 606 1857 382 1 1557 937 2474
    """,
}
"""Bits of a prime → for each place, the odd numbers to pass over."""


def generate_private_key(public_exponent: int, key_size: int, backend: Any = None) -> rsa.RSAPrivateKey:
    """Stand in for the function of this name: the next key of this size."""
    if key_size // 2 in _STEPS:
        number, (first, second) = next(_count(public_exponent, key_size)), halves(public_exponent, key_size)
        if number < len(first) * len(second):
            return key_of(public_exponent, key_size, number)
    return searched(public_exponent, key_size, backend)


@cache
def key_of(exponent: int, size: int, number: int) -> rsa.RSAPrivateKey:
    """Return one of the keys; each first prime meets each second one once."""
    first, second = halves(exponent, size)
    p, q = first[number % len(first)], second[(number + number // len(first)) % len(second)]
    d = rsa.rsa_recover_private_exponent(exponent, p, q)
    _given.update((p, q))
    parts = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, *parts, rsa.RSAPublicNumbers(exponent, p * q))
    key = numbers.private_key(unsafe_skip_rsa_key_validation=True)  # that takes 260 ms: test_rsa_keys.py does it
    _held[_plain(key)] = key
    return key


def is_prime(number: int) -> bool:
    """Stand in for what tries the primes of a key that is read, 10 ms each: those of the keys given here are known."""
    return number in _given or tried(number)


@lru_cache(maxsize=64)
def load_pkcs12(data: bytes, password: bytes | None, backend: Any = None) -> pkcs12.PKCS12KeyAndCertificates:
    """Stand in for the function of this name, which tries the primes of its first key for 100 ms and more.

    Of the same octets it is done once. Where a key that was given here stands in the open nothing is tried: it is
    opened with another key of as many octets in that place. What does not open is tried again each time.
    """
    places = {place: held for held in _held if (place := data.find(held)) >= 0}
    if places:
        place, held = min(places.items())
        with suppress(ValueError):  # such as of a MAC over it
            found = opened(data[:place] + _stand_in(len(held)) + data[place + len(held) :], password, backend)
            if found.key is not None and found.key.public_key() == _other().public_key():  # else it is not the first
                return _with_its_key(found, _held[held])
    return opened(data, password, backend)


def _with_its_key(found: pkcs12.PKCS12KeyAndCertificates, key: rsa.RSAPrivateKey) -> pkcs12.PKCS12KeyAndCertificates:
    """Return what was found with another key; the first certificate of its own key is the one that goes with it."""
    public = key.public_key()
    own = next((each for each in found.additional_certs if each.certificate.public_key() == public), None)
    return pkcs12.PKCS12KeyAndCertificates(key, own, [each for each in found.additional_certs if each is not own])


@cache
def _other() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def _stand_in(size: int) -> bytes:
    """Return another key as PKCS #8 of so many octets: attributes fill it up, of which nobody reads anything."""
    plain = _plain(_other())
    fields = plain[plain.index(b"\x02\x01\x00") :]  # its version and all that follows

    def filled(with_octets: int) -> bytes:
        return tlv(0x30, fields + tlv(0xA0, sequence(oid("2.999"), tlv(0x31, tlv(0x04, bytes(with_octets))))))

    return next(whole for less in range(size) if len(whole := filled(size - less)) == size)


def _plain(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@cache
def halves(exponent: int, size: int) -> tuple[Sequence[int], Sequence[int]]:
    """Return the first and the second primes that keys with this exponent are made of, as many of each."""
    fit = [found for place in range(MANY) if (found := prime(size // 2, place)) % exponent != 1]
    return fit[: len(fit) // 2], fit[len(fit) // 2 :][: len(fit) // 2]


@cache
def prime(bits: int, place: int) -> int:
    """Return a prime with its two highest bits set, so that the product of two has twice as many bits."""
    begin = int.from_bytes(shake_256(f"pkitools:{bits}:{place}".encode()).digest(bits // 8)) | 3 << bits - 2 | 1
    return begin + 2 * int(_STEPS[bits].split()[place])


@cache
def _count(_exponent: int, _size: int) -> Iterator[int]:
    return itertools.count()
