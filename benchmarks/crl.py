"""One CRL of a million entries: loaded, its signature checked, read strictly, and looked up in.

The yardstick is one SHA-256 over the file: no reader can do with less. Entries are those of a CA that draws 20-octet
serial numbers, with a reason each: 53 bytes. Memory is the growth of the peak of a process of its own.
"""

from __future__ import annotations

import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from pkitools.revocation import read_crl
from pkitools_test_pki import der
from pkitools_test_pki.algorithms import PSS_SHA512, RSA_SHA256, SignatureScheme
from pkitools_test_pki.crl import CrlBlueprint, crl_number
from pkitools_test_pki.faults.crls import many_entries
from pkitools_test_pki.keys import spki

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
ENTRIES = 1_000_000
LISTED, ABSENT = b"\x41" + bytes(range(1, 20)), b"\x41" + bytes(range(2, 21))

MEMORY = """
import sys
from pkitools.revocation import read_crl
def peak():
    # not getrusage: its peak counts the process this one was made from
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
key = open(sys.argv[2], "rb").read()
warm = read_crl(open(sys.argv[3], "rb").read()); assert warm.signed_by(key); warm.index.find(b"\\x01")
before = peak()
crl = read_crl(open(sys.argv[1], "rb").read())
assert crl.signed_by(key) and crl.index.find(bytes.fromhex(sys.argv[4])) is not None
print((peak() - before) / len(crl.der))
"""


def made(key: rsa.RSAPrivateKey, count: int, scheme: SignatureScheme = RSA_SHA256) -> bytes:
    """A CRL of so many entries, the last of them for LISTED."""
    entries = many_entries(count, int.from_bytes(LISTED, "big"), MOMENT)
    raw = {"revoked_certificates": der.tlv(der.SEQUENCE, entries)}
    return CrlBlueprint(scheme, der.sequence(), MOMENT, MOMENT + timedelta(days=2), (), (crl_number(1),), raw).signed(
        key
    )


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def first(data: bytes, key: bytes) -> None:
    """What a single check of one certificate costs."""
    crl = read_crl(data)
    assert crl.signed_by(key)
    assert crl.index.find(LISTED) is not None


def lookups(data: bytes) -> tuple[float, float]:
    """Seconds of one later look-up: of a listed serial number and of an absent one."""
    index = read_crl(data).index
    found = []
    for wanted in (LISTED, ABSENT):
        index.find(wanted)
        found.append(statistics.median(timed(lambda wanted=wanted: index.find(wanted)) for _ in range(5000)))  # type: ignore[misc]  # a default binds it
    return found[0], found[1]


def memory(data: bytes, small: bytes, key: bytes) -> float:
    """Growth of the peak memory, in sizes of the file, the file itself included."""
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder) / name) for name in ("list.crl", "key", "small.crl")]
        for name, content in zip(names, (data, key, small), strict=True):
            Path(name).write_bytes(content)
        command = [sys.executable, "-c", MEMORY, *names, LISTED.hex()]
        return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def run(entries: int = ENTRIES, rounds: int = 5) -> list[tuple[str, str]]:
    """Return the figures: the first six are ratios to one SHA-256 over the file."""
    key = rsa.generate_private_key(65537, 4096)
    public = spki(key.public_key())
    data, pss, small = made(key, entries), made(key, entries, PSS_SHA512), made(key, 5000)
    times: dict[str, list[float]] = {}
    works: dict[str, Callable[[], object]] = {
        "one SHA-256 over the file": lambda: hashlib.sha256(data).digest(),
        "load, signature, strict parse, first look-up": lambda: first(data, public),
        "  of it: load": lambda: read_crl(data),
        "  of it: strict parse and index": lambda: read_crl(data).index,
        "the same, RSASSA-PSS with SHA-512 (G4)": lambda: first(pss, public),
        "cryptography: load only": lambda: x509.load_der_x509_crl(data),
    }
    for _ in range(rounds):  # interleaved: a machine that slows down slows all of them
        for name, work in works.items():
            times.setdefault(name, []).append(timed(work))
    medians = {name: statistics.median(found) for name, found in times.items()}
    unit = medians["one SHA-256 over the file"]
    result = [(name, f"{value * 1e3:9.1f} ms   {value / unit:7.2f} x") for name, value in medians.items()]
    hit, miss = lookups(data)
    result.append(("later look-up, listed", f"{hit * 1e6:9.2f} µs"))
    result.append(("later look-up, absent", f"{miss * 1e6:9.2f} µs"))
    result.append(
        ("memory, the file included", f"{memory(data, small, public):9.2f} x the file ({len(data) / 1e6:.0f} MB)")
    )
    return result
