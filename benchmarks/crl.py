"""CRLs of a million entries and of any mix: loaded, signature checked, read strictly, and looked up in.

The yardstick is one SHA-256 over the same bytes: no reader can do with less, and the signature takes one. A processor
with instructions for it (SHA-NI) is three to four times as fast at that and at nothing else here, so the ratios of two
machines are not the same; ``OPENSSL_ia32cap=~0x200000000000000:~0x20000000`` does without them. Times are of the
processor, the least of interleaved rounds. Memory is the growth of the peak of a process of its own.

Serial numbers are random, the last entry is the one looked for, so that a search passes over the whole list.
"""

from __future__ import annotations

import hashlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from pkitools.crl.reading import KEPT_LISTS
from pkitools.revocation import read_crl
from pkitools_test_pki import der
from pkitools_test_pki.algorithms import PSS_SHA512, RSA_SHA256, SignatureScheme
from pkitools_test_pki.crl import CrlBlueprint, RevokedEntry, crl_number, entry
from pkitools_test_pki.faults.crls import many_entries
from pkitools_test_pki.keys import spki

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
ENTRIES = 1_000_000
LISTED, ABSENT = b"\x41" + bytes(range(1, 20)), b"\x41" + bytes(range(2, 21))

_TIMES = 10_000  # different ones in a list
_REASON = bytes.fromhex("300a0603551d1504030a01")
_INVALIDITY = bytes.fromhex("30180603551d180411180f") + b"20250101120000Z"
_HASH = "one SHA-256 over the file"

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
assert crl.signed_by(key)
for _ in range(int(sys.argv[5])):
    assert crl.index.find(bytes.fromhex(sys.argv[4])) is not None
print((peak() - before) / len(crl.der))
"""


def made(
    key: rsa.RSAPrivateKey, count: int, scheme: SignatureScheme = RSA_SHA256, entries: bytes | None = None
) -> bytes:
    """A CRL of so many entries, the last of them for LISTED; of equal length where no others are given."""
    listed = int.from_bytes(LISTED, "big")
    content = many_entries(count, listed, MOMENT) if entries is None else entries
    raw = {"revoked_certificates": der.tlv(der.SEQUENCE, content)}
    return CrlBlueprint(scheme, der.sequence(), MOMENT, MOMENT + timedelta(days=2), (), (crl_number(1),), raw).signed(
        key
    )


def _ended(rows: Iterator[bytes]) -> bytes:
    last = entry(RevokedEntry(int.from_bytes(LISTED, "big"), MOMENT, "keyCompromise"))
    return b"".join([*rows, last])


def _times(drawn: random.Random) -> list[bytes]:
    return [der.time(MOMENT - timedelta(seconds=drawn.randrange(3 * 365 * 86400))) for _ in range(_TIMES)]


def _row(serial: bytes, when: bytes, extensions: bytes) -> bytes:
    rest = bytes((0x30, len(extensions))) + extensions if extensions else b""
    return bytes((0x30, 2 + len(serial) + len(when) + len(rest), 0x02, len(serial))) + serial + when + rest


def mixed(count: int, bits: Sequence[int] = (64, 128, 159), reasons: float = 0.5) -> bytes:
    """Entries with random serial numbers of so many bits, so many of them with a reason."""
    drawn = random.Random(count)
    times = _times(drawn)

    def rows() -> Iterator[bytes]:
        for _ in range(count - 1):
            size = drawn.choice(bits)
            serial = drawn.getrandbits(size)
            reason = _REASON + bytes((drawn.choice((0, 1, 3, 4, 5, 9)),)) if drawn.random() < reasons else b""
            yield _row(serial.to_bytes(serial.bit_length() // 8 + 1, "big"), drawn.choice(times), reason)

    return _ended(rows())


def hundred_layouts(count: int) -> bytes:
    """Entries of twenty lengths of serial numbers and five kinds of extensions, in any order."""
    drawn = random.Random(count)
    times = _times(drawn)
    reason = _REASON + b"\x04"
    other = der.sequence(der.oid("2.999"), der.octets(bytes(9)))
    kinds = [b"", reason, _INVALIDITY, reason + _INVALIDITY, other]

    def rows() -> Iterator[bytes]:
        for _ in range(count - 1):
            serial = bytes((drawn.randrange(1, 0x80),)) + drawn.randbytes(drawn.randrange(20))
            yield _row(serial, drawn.choice(times), drawn.choice(kinds))

    return _ended(rows())


def timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def first(data: bytes, key: bytes) -> None:
    """What a single check of one certificate costs, with nothing left of an earlier one."""
    KEPT_LISTS.clear()
    re.purge()
    crl = read_crl(data)
    assert crl.signed_by(key)
    assert crl.index.find(LISTED) is not None


def lookups(data: bytes) -> tuple[float, float]:
    """Seconds of one later look-up: of a listed serial number and of an absent one."""
    index = read_crl(data).index
    found = []
    for wanted in (LISTED, ABSENT):
        for _ in range(50):
            index.find(wanted)
        # many at a time: one alone takes less than the clock can tell
        rounds = [timed(lambda wanted=wanted: [index.find(wanted) for _ in range(100)]) for _ in range(50)]  # type: ignore[misc]  # a default binds it
        found.append(statistics.median(rounds) / 100)
    return found[0], found[1]


def memory(data: bytes, small: bytes, key: bytes, look_ups: int = 1) -> float:
    """Growth of the peak memory, in sizes of the file, the file itself included."""
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder) / name) for name in ("list.crl", "key", "small.crl")]
        for name, content in zip(names, (data, key, small), strict=True):
            Path(name).write_bytes(content)
        command = [sys.executable, "-c", MEMORY, *names, LISTED.hex(), str(look_ups)]
        return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def _works(data: bytes, public: bytes) -> dict[str, Callable[[], object]]:
    read = read_crl(data)
    index = read.index
    return {
        _HASH: lambda: hashlib.sha256(data).digest(),
        "load, signature, strict parse, first look-up": lambda: first(data, public),
        "  of it: load and strict parse": lambda: read_crl(data).index,
        "  of it: a search": lambda: index._search(b"\x02\x14" + LISTED),
    }


def _least(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the least processor time of each, taking turns: a machine that slows down slows all of them."""
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, work in works.items():
            KEPT_LISTS.clear()
            re.purge()
            times.setdefault(name, []).append(timed(work))
    return {name: min(found) for name, found in times.items()}


def _figures(title: str, least: dict[str, float]) -> list[tuple[str, str]]:
    unit = least[_HASH]
    return [(f"{title}: {name}", f"{value * 1e3:9.1f} ms   {value / unit:7.2f} x") for name, value in least.items()]


def run(entries: int = ENTRIES, rounds: int = 5) -> list[tuple[str, str]]:
    """Return the figures; a ratio is to one SHA-256 over the same bytes."""
    key = rsa.generate_private_key(65537, 4096)
    public = spki(key.public_key())
    few = entries * 3 // 10
    lists = {
        "equal lengths": made(key, entries),
        "64, 128 and 159 bits, half with a reason": made(key, entries, entries=mixed(entries)),
        "128 bits, no reasons": made(key, entries, entries=mixed(entries, (128,), 0)),
        f"{few:,} of a hundred layouts": made(key, few, entries=hundred_layouts(few)),
    }
    result = []
    for title, data in lists.items():
        works = _works(data, public)
        if title == "equal lengths":
            pss = made(key, entries, PSS_SHA512)
            works["RSASSA-PSS with SHA-512 (G4)"] = lambda pss=pss: first(pss, public)  # type: ignore[misc]  # a default binds it
            works["cryptography: load only"] = lambda data=data: x509.load_der_x509_crl(data)  # type: ignore[misc]  # a default binds it
        result += _figures(title, _least(works, rounds))
    small = made(key, 5000)
    for title, data in list(lists.items())[:2]:
        hit, miss = lookups(data)
        table = min(timed(lambda data=data: read_crl(data).index._table) for _ in range(2))  # type: ignore[misc]  # as above
        result.append((f"{title}: later look-up, listed", f"{hit * 1e6:9.2f} µs"))
        result.append((f"{title}: later look-up, absent", f"{miss * 1e6:9.2f} µs"))
        result.append((f"{title}: once, its table with the parse", f"{table * 1e3:9.1f} ms"))
        for when, look_ups in (("first verdict", 1), ("later look-ups", 50)):
            size = f"{memory(data, small, public, look_ups):9.2f} x the file ({len(data) / 1e6:.0f} MB)"
            result.append((f"{title}: memory, the file included, {when}", size))
    return result
