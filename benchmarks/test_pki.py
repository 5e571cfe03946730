"""The test PKI: against generating its keys, the bare signature, cryptography's CRL builder, and trustme."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from benchmarks._timing import interleaved
from pkitools_test_pki.algorithms import PSS_SHA512, PrivateKey
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import CrlBlueprint, RevokedEntry, crl_number
from pkitools_test_pki.folder import create_folder
from pkitools_test_pki.keys import KeyPool, KeySource, elliptic_keys, fresh_keys, small_keys
from pkitools_test_pki.ledger import random_serial_number
from pkitools_test_pki.pki import build

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROUNDS = 9
Row = tuple[str, str]


def run() -> list[Row]:
    """Return all rows."""
    pool = KeyPool(fresh_keys, limit=3)
    tsp = build("g4-tls", moment=MOMENT, keys=pool)["g4-tls-tsp"]
    return [
        *_creation(),
        *_whole_pki(pool),
        *_one_more_leaf(tsp, pool),
        *_commands(),
        *_crl(tsp),
    ]


class Stopwatch:
    """A key source that keeps the time its keys take: generating RSA keys varies too much to compare two runs."""

    def __init__(self, source: KeySource) -> None:
        self.source = source
        self.seconds = 0.0

    def __call__(self, key_type: str) -> PrivateKey:
        started = time.perf_counter()
        try:
            return self.source(key_type)
        finally:
            self.seconds += time.perf_counter() - started


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _creation() -> list[Row]:
    """Three authorities with RSA 4096, and a leaf with RSA 3072; and the same in a folder on disk."""
    rows = []
    for name, create in (("in memory", _in_memory), ("in a folder", _in_folder)):
        ratios, totals = [], []
        for _ in range(3):
            keys = Stopwatch(fresh_keys)
            total = _timed(lambda: create(keys))  # noqa: B023  # called at once
            ratios.append(total / keys.seconds)
            totals.append(total)
        text = f"{statistics.median(totals):10.2f} s    {statistics.median(ratios):7.3f} x the keys"
        rows.append((f"create g4-tls with fresh RSA keys, {name}", text))
    return rows


def _in_memory(keys: KeySource) -> object:
    return build("g4-tls", moment=MOMENT, keys=keys).issue()


def _in_folder(keys: KeySource) -> object:
    with tempfile.TemporaryDirectory() as folder:
        return create_folder(Path(folder) / "pki", ["g4-tls"], moment=MOMENT, keys=keys)


def _whole_pki(pool: KeyPool) -> list[Row]:
    """Root, domain, TSP and leaf."""

    def pooled() -> object:
        pool.rewind()
        return build("g4-tls", moment=MOMENT, keys=pool).issue()

    candidates: dict[str, Callable[[], object]] = {
        "four levels, RSA keys from a pool": pooled,
        "four levels, EC keys": lambda: build("g4-tls", moment=MOMENT, keys=elliptic_keys).issue(),
    }
    try:
        import trustme
    except ImportError:
        pass
    else:
        candidates["two levels, EC keys: trustme"] = lambda: trustme.CA().issue_cert("koppeling.voorbeeld.test")
    medians = interleaved(candidates, ROUNDS, 3)
    return [(name, f"{seconds * 1e3:10.2f} ms") for name, seconds in medians.items()]


def _one_more_leaf(tsp: Authority, pool: KeyPool) -> list[Row]:
    key = pool("rsa:3072")
    tbs = tsp.issue(key=key).der
    issuer = tsp.key
    assert isinstance(issuer, rsa.RSAPrivateKey)
    medians = interleaved(
        {
            "bare RSASSA-PSS signature, RSA 4096": lambda: PSS_SHA512.sign(issuer, tbs),
            "one more leaf, given key": lambda: tsp.issue(key=key),
        },
        ROUNDS,
        10,
    )
    bare = medians["bare RSASSA-PSS signature, RSA 4096"]
    return [(name, f"{seconds * 1e3:10.2f} ms   {seconds / bare:7.2f} x") for name, seconds in medians.items()]


def _commands() -> list[Row]:
    """Whole processes, start-up included, with byte code cached as an installation has it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": f"{folder}/cache"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        pki, request = f"{folder}/pki", f"{folder}/x.csr"
        create_folder(pki, ["g4-tls"], moment=MOMENT, keys=small_keys)
        name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "TRIAL X")])
        name = x509.Name([*name, x509.NameAttribute(x509.NameOID.COMMON_NAME, "TRIAL x.nl")])
        key = rsa.generate_private_key(65537, 3072)
        csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
        Path(request).write_bytes(csr.public_bytes(Encoding.PEM))
        issue = ["-m", "pkitools_cli", "test-pki", "issue", pki, "--csr", request, "--out", f"{folder}/x", "--force"]
        commands = {
            "python -c pass": ["-c", "pass"],
            "import click, cryptography.x509, sqlite3": ["-c", "import click, cryptography.x509, sqlite3"],
            "pkitools test-pki issue --csr": issue,
        }

        def call(arguments: list[str]) -> Callable[[], object]:
            return lambda: subprocess.run(
                [sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True
            )

        medians = interleaved({name: call(arguments) for name, arguments in commands.items()}, ROUNDS, 1)
    return [(name, f"{seconds * 1e3:10.1f} ms") for name, seconds in medians.items()]


def _crl(tsp: Authority) -> list[Row]:
    def ours(count: int) -> Callable[[], object]:
        listed = [RevokedEntry(random_serial_number(), MOMENT, "superseded") for _ in range(count)]
        blueprint = CrlBlueprint(tsp.signature, tsp.subject, MOMENT, MOMENT, listed, (crl_number(1),))
        return lambda: blueprint.signed(tsp.key)

    medians = {count: interleaved({"crl": ours(count)}, 3, 1)["crl"] for count in (10_000, 100_000)}
    theirs = _timed(lambda: _cryptography_crl(tsp, 10_000))
    growth = medians[100_000] / medians[10_000]
    return [
        ("CRL of 10,000 entries, built and signed", f"{medians[10_000] * 1e3:10.1f} ms"),
        ("CRL of 100,000 entries, built and signed", f"{medians[100_000] * 1e3:10.1f} ms   {growth:7.1f} x as 10,000"),
        ("CRL of 10,000 entries, cryptography's builder", f"{theirs * 1e3:10.1f} ms"),
    ]


def _cryptography_crl(tsp: Authority, count: int) -> x509.CertificateRevocationList:
    subject = tsp.certificate.load().subject
    builder = x509.CertificateRevocationListBuilder().issuer_name(subject).last_update(MOMENT).next_update(MOMENT)
    for _ in range(count):
        entry = x509.RevokedCertificateBuilder().serial_number(random_serial_number()).revocation_date(MOMENT)
        entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.superseded), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    assert isinstance(tsp.key, rsa.RSAPrivateKey)
    return builder.sign(tsp.key, hashes.SHA512())
