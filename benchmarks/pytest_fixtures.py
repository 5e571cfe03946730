"""What the pytest fixtures cost: a PKI on EC keys, its files, and the catalogue of broken certificates."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._timing import interleaved, rows
from pkitools_test_pki.defects import Laboratory, defects
from pkitools_test_pki.defects.laboratory import KeyRing
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import build
from pkitools_test_pki.pytest_support import Credentials

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def run() -> list[tuple[str, str]]:
    """Return the time of the fixtures against making their keys, and of the whole catalogue, in seconds."""
    with TemporaryDirectory() as folder:
        numbers = itertools.count()

        def keys() -> None:
            for kind in ("rsa:4096", "rsa:4096", "rsa:4096", "rsa:3072"):
                elliptic_keys(kind)

        def pki() -> None:
            build("g4-tls", moment=MOMENT, keys=elliptic_keys).issue()

        def written() -> None:
            place = Path(folder) / str(next(numbers))
            place.mkdir(0o700)
            Credentials.written(build("g4-tls", moment=MOMENT, keys=elliptic_keys), place)

        measured = interleaved(
            {
                "the four EC keys alone": keys,
                "pkio_pki and a certificate (at most 15 ms)": pki,
                "pkio_client_certificate: in files": written,
            }
        )
    return [*rows(measured, "the four EC keys alone"), *_catalogue()]


def _catalogue() -> list[tuple[str, str]]:
    ring = KeyRing()
    found = []
    for name in ("the catalogue with fresh RSA keys (at most 10 s)", "the catalogue with the same keys again"):
        started = time.perf_counter()
        laboratory = Laboratory(MOMENT, keys=ring)
        for defect in defects():
            defect.build(laboratory)
        found.append((name, f"{time.perf_counter() - started:10.2f} s    {len(defects())} certificates"))
    return found
