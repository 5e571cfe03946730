"""Do the numbers of an RSA key belong together? Asked of a key that somebody else made, before it signs anything.

OpenSSL's own check tries both primes dozens of times, 0.04 to 0.3 s, of a key of which one wants to know that its file
is not damaged and that what it signs its public half verifies. Here, at a tenth of that:

- every relation that the standard demands holds exactly (RFC 8017, 3.2): the modulus is the product of the primes, the
  exponents undo each other, and so do those that are kept to compute faster;
- each prime passes one round of Miller and Rabin, on a base drawn here: a number that merely came to stand there, or
  the product of two primes, does not;
- a signature of the key over octets drawn here is verified by its public half.

What gets through, one time in four at most, is a number that somebody looked for to pass for a prime. Who does that to
a key of his own deceives nobody else: neither the request nor the certificate has the primes in it, and whoever is
given a certificate sees the modulus only.
"""

from __future__ import annotations

import secrets
from math import lcm
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_ROOM: Final = 512  # bits that a signature with SHA-256 takes


def belongs_together(key: rsa.RSAPrivateKey) -> bool:
    """Return whether the numbers of a key are those of one key, and whether it signs what its public half verifies.

    Raises:
        ValueError: ``cryptography`` cannot compute with these numbers.
    """
    numbers = key.private_numbers()
    return _related(numbers) and _is_prime(numbers.p) and _is_prime(numbers.q) and _signs(key)


def _related(key: rsa.RSAPrivateNumbers) -> bool:
    n, e, d, p, q = key.public_numbers.n, key.public_numbers.e, key.d, key.p, key.q
    return (
        min(p, q) > 2
        and n == p * q
        and e % 2 == 1
        and 1 < e < n
        and 1 < d < n
        and e * d % lcm(p - 1, q - 1) == 1
        and (key.dmp1, key.dmq1) == (d % (p - 1), d % (q - 1))
        and 0 < key.iqmp < p
        and key.iqmp * q % p == 1
    )


def _is_prime(number: int) -> bool:
    """Return whether a number passes for a prime with one base; of a composite at most one base in four says so."""
    if number % 2 == 0:
        return False
    twos = ((number - 1) & (1 - number)).bit_length() - 1
    power = pow(_base(number), (number - 1) >> twos, number)
    if power in {1, number - 1}:
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False


def _base(number: int) -> int:
    return secrets.randbelow(number - 3) + 2


def _signs(key: rsa.RSAPrivateKey) -> bool:
    if key.key_size < _ROOM:
        return True  # it has no room for one, and how short it is others tell
    words, scheme, digest = secrets.token_bytes(32), padding.PKCS1v15(), hashes.SHA256()
    try:
        key.public_key().verify(key.sign(words, scheme, digest), words, scheme, digest)
    except InvalidSignature:
        return False
    return True
