"""What is measured on: hierarchies as PKIoverheid has them, with fresh RSA keys of its sizes, and streams of leaves."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.harness import Work
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeyPool, fresh_keys
from pkitools_test_pki.pki import PKI, build

MOMENT: Final = datetime.now(UTC).replace(microsecond=0)
LEAVES: Final = 1_200
"""More than any memory of the library holds, so that coming round again no leaf is remembered."""


@cache
def folder() -> Path:
    """A folder for the files of this run, with no files of anybody else."""
    held = tempfile.TemporaryDirectory(prefix="pkitools-benchmarks-")
    _HELD.append(held)  # goes when the run ends
    return Path(held.name)


_HELD: Final[list[tempfile.TemporaryDirectory[str]]] = []


_POOLS: Final[list[ProcessPoolExecutor]] = []


def pool_of(processes: int) -> ProcessPoolExecutor:
    """Return a pool that stands until this run ends; one that is let go of before is torn down half, with a trace."""
    _POOLS.append(ProcessPoolExecutor(processes))
    return _POOLS[-1]


def written(name: str, content: bytes) -> str:
    path = folder() / name
    path.write_bytes(content)
    path.chmod(0o600)
    return str(path)


@dataclass(frozen=True)
class World:
    """A hierarchy, its leaves, and everything about it that a validator may want read before.

    Args:
        pki: root, domain and TSP with RSA 4096; G4 signs with RSASSA-PSS and SHA-512, G1 with PKCS #1 and SHA-256.
        leaves: of one TSP; each with another OIN, organisation, name, key and serial number.
    """

    pki: PKI
    leaves: list[IssuedCertificate]

    @property
    def first(self) -> IssuedCertificate:
        return self.leaves[0]

    def leaf(self, number: int) -> bytes:
        return self.leaves[number % len(self.leaves)].der

    @property
    def above(self) -> list[bytes]:
        """TSP and domain."""
        return [each.der for each in self.first.intermediates]

    @property
    def root(self) -> bytes:
        return self.first.root.der

    def crls(self) -> list[bytes]:
        """The lists of root, domain and TSP; of no certificate of this world."""
        return [authority.crl(moment=MOMENT - timedelta(hours=1)) for authority in self.pki]

    def signatures(self) -> tuple[list[Callable[[], None]], list[Callable[[], None]]]:
        """The bare signature checks: those of the leaves, and the two above; keys loaded beforehand."""
        tsp, domain = self.above
        return [bare(tsp, leaf.der) for leaf in self.leaves], [bare(domain, tsp), bare(self.root, domain)]


@cache
def world(shape: str) -> World:
    pki = build(shape, moment=MOMENT - timedelta(days=2), keys=KeyPool(fresh_keys, limit=3))
    profile = {"g4-tls": "g4-tls", "g1-private": "g1-server"}[shape]
    leaves = [
        pki.issue(
            profile,
            public_key=key,
            oin=f"00000003{27000000 + 7919 * n:08}0000",
            organization=f"Gemeente Voorbeeld {n}",
            dns=[f"host{n}.voorbeeld.nl"],
        )
        for n, key in enumerate(islice(public_keys(3072 if shape.startswith("g4") else 2048), LEAVES))
    ]
    return World(pki, leaves)


def public_keys(bits: int) -> Iterator[rsa.RSAPublicKey]:
    """Yield different RSA keys for ever, in seconds instead of minutes: each is of two of some fifty primes."""
    primes: list[int] = []
    while True:
        number = rsa.generate_private_key(65537, bits).private_numbers()
        for prime in (number.p, number.q):
            yield from (rsa.RSAPublicNumbers(65537, prime * other).public_key() for other in primes)
            primes.append(prime)


def bare(issuer: bytes, der: bytes) -> Callable[[], None]:
    """One signature check with everything at hand."""
    certificate = x509.load_der_x509_certificate(der)
    key = x509.load_der_x509_certificate(issuer).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    scheme: Any = certificate.signature_algorithm_parameters
    digest = certificate.signature_hash_algorithm
    assert digest is not None
    return partial(key.verify, certificate.signature, certificate.tbs_certificate_bytes, scheme, digest)


def one_signature(shape: str) -> Work:
    below, _ = world(shape).signatures()
    return lambda n: below[n % LEAVES]()


def three_signatures(shape: str) -> Work:
    below, above = world(shape).signatures()

    def three(n: int) -> None:
        below[n % LEAVES]()
        for check in above:
            check()

    return three


def batches(shape: str, size: int) -> Iterator[list[bytes]]:
    """Yield lists of leaves for ever, each leaf the one after that of the list before."""
    ders, at = [leaf.der for leaf in world(shape).leaves], 0
    while True:
        yield [ders[(at + n) % LEAVES] for n in range(size)]
        at += size
