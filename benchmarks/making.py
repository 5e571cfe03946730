"""The test PKI: against generating its keys, the bare signature, cryptography's builder of lists, and trustme."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import median

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.harness import MissingError, Work
from benchmarks.inputs import MOMENT
from pkitools_test_pki.algorithms import PSS_SHA512, PrivateKey
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import CrlBlueprint, RevokedEntry, crl_number
from pkitools_test_pki.defects import Laboratory, defects
from pkitools_test_pki.folder import create_folder
from pkitools_test_pki.keys import KeyPool, KeySource, elliptic_keys, fresh_keys
from pkitools_test_pki.ledger import random_serial_number
from pkitools_test_pki.pki import build


@cache
def _pool() -> KeyPool:
    return KeyPool(fresh_keys, limit=3)


@cache
def _tsp() -> Authority:
    return build("g4-tls", moment=MOMENT, keys=_pool())["g4-tls-tsp"]


def pooled() -> Work:
    pool = _pool()

    def make(_: int) -> None:
        pool.rewind()
        build("g4-tls", moment=MOMENT, keys=pool).issue()

    return make


def elliptic() -> Work:
    return lambda _: build("g4-tls", moment=MOMENT, keys=elliptic_keys).issue()


def trustme(kind: str) -> Work:
    """An authority and a certificate: two levels, no lists, policies or OIN."""
    try:
        import trustme as other
    except ImportError as error:
        raise MissingError("trustme is not installed") from error
    wanted = other.KeyType[kind]
    return lambda n: other.CA(key_type=wanted).issue_cert(f"host{n}.voorbeeld.test", key_type=wanted)


def leaf() -> Work:
    key = _pool()("rsa:3072")
    return lambda n: _tsp().issue(key=key, dns=[f"host{n}.voorbeeld.nl"])


def signature() -> Work:
    issuer = _tsp().key
    assert isinstance(issuer, rsa.RSAPrivateKey)
    return lambda n: PSS_SHA512.sign(issuer, b"%01500d" % n)


def list_of(count: int) -> Work:
    listed = [RevokedEntry(random_serial_number(), MOMENT, "superseded") for _ in range(count)]
    tsp = _tsp()
    blueprint = CrlBlueprint(tsp.signature, tsp.subject, MOMENT, MOMENT, listed, (crl_number(1),))
    return lambda _: blueprint.signed(tsp.key)


def list_by_cryptography(count: int) -> Work:
    tsp = _tsp()
    subject, key = tsp.certificate.load().subject, tsp.key
    assert isinstance(key, rsa.RSAPrivateKey)

    def make(_: int) -> None:
        builder = x509.CertificateRevocationListBuilder().issuer_name(subject).last_update(MOMENT).next_update(MOMENT)
        for _each in range(count):
            entry = x509.RevokedCertificateBuilder().serial_number(random_serial_number()).revocation_date(MOMENT)
            entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.superseded), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        builder.sign(key, hashes.SHA512())

    return make


def catalogue() -> float:
    """Seconds of the whole catalogue of broken certificates, with fresh RSA keys."""
    started = time.perf_counter()
    laboratory = Laboratory(MOMENT)
    for defect in defects():
        defect.build(laboratory)
    return time.perf_counter() - started


class _Stopwatch:
    """A source of keys that keeps the time its keys take: that of RSA keys varies too much to compare two runs."""

    def __init__(self, source: KeySource) -> None:
        self.source, self.seconds = source, 0.0

    def __call__(self, key_type: str) -> PrivateKey:
        started = time.perf_counter()
        try:
            return self.source(key_type)
        finally:
            self.seconds += time.perf_counter() - started


def beside_its_keys(*, on_disk: bool) -> float:
    """A hierarchy with fresh RSA keys, against those keys alone."""
    return median(_beside_its_keys(_in_folder if on_disk else _in_memory) for _ in range(3))


def _beside_its_keys(create: Callable[[KeySource], object]) -> float:
    keys = _Stopwatch(fresh_keys)
    started = time.perf_counter()
    create(keys)
    return (time.perf_counter() - started) / keys.seconds


def _in_memory(keys: KeySource) -> object:
    return build("g4-tls", moment=MOMENT, keys=keys).issue()


def _in_folder(keys: KeySource) -> object:
    with tempfile.TemporaryDirectory() as folder:
        return create_folder(Path(folder) / "pki", ["g4-tls"], moment=MOMENT, keys=keys)
