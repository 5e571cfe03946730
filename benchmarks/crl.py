"""CRLs of a million entries and of any mix: loaded, signature checked, read strictly, and looked up in.

The yardstick is one SHA-256 over the same bytes: no reader can do with less, and the signature takes one. A processor
with instructions for it (SHA-NI) is three to four times as fast at that and at nothing else here, so the ratios of two
machines are not the same; ``OPENSSL_ia32cap=~0x200000000000000:~0x20000000`` does without them. Memory is the growth of
the peak of a process of its own.

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
from functools import cache
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.harness import MissingError, Work
from benchmarks.inputs import written
from benchmarks.processes import openssl, pkitools
from pkitools.crl.reading import KEPT_LISTS
from pkitools.revocation import read_crl
from pkitools_test_pki import der
from pkitools_test_pki.algorithms import RSA_SHA256, SignatureScheme
from pkitools_test_pki.crl import CrlBlueprint, RevokedEntry, crl_number, entry
from pkitools_test_pki.faults.crls import many_entries
from pkitools_test_pki.keys import spki

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
LISTED, ABSENT = b"\x41" + bytes(range(1, 20)), b"\x41" + bytes(range(2, 21))

_TIMES = 10_000  # different ones in a list
_REASON = bytes.fromhex("300a0603551d1504030a01")
_INVALIDITY = bytes.fromhex("30180603551d180411180f") + b"20250101120000Z"

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


# -- as jobs -----------------------------------------------------------------------------------------------------------

Mix = Literal["equal", "mixed", "layouts"]


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 4096)


@cache
def _list(mix: Mix, count: int, scheme: SignatureScheme = RSA_SHA256) -> bytes:
    entries = None if mix == "equal" else mixed(count) if mix == "mixed" else hundred_layouts(count)
    return made(_key(), count, scheme, entries)


def hashed(mix: Mix, count: int, how: str = "sha256") -> Work:
    data = _list(mix, count)
    return lambda _: hashlib.new(how, data).digest()


def first_verdict(mix: Mix, count: int, scheme: SignatureScheme = RSA_SHA256) -> Work:
    data, public = _list(mix, count, scheme), spki(_key().public_key())
    return lambda _: first(data, public)


def by_cryptography(mix: Mix, count: int) -> Work:
    """The same by cryptography as it is documented: load, signature, look-up by number."""
    data, public = _list(mix, count), _key().public_key()
    number = int.from_bytes(LISTED, "big")

    def load(_: int) -> None:
        found = x509.load_der_x509_crl(data)
        assert found.is_signature_valid(public)
        assert found.get_revoked_certificate_by_serial_number(number) is not None

    return load


def later(mix: Mix, count: int, wanted: bytes) -> Work:
    index = read_crl(_list(mix, count)).index
    for _ in range(50):
        index.find(wanted)
    return lambda _: index.find(wanted)


def shown(mix: Mix, count: int) -> Work:
    return pkitools("cert", "show", written(f"{mix}.crl", _list(mix, count)))


def by_openssl(mix: Mix, count: int) -> Work:
    return openssl("crl", "-inform", "DER", "-noout", "-nextupdate", "-in", written(f"{mix}.crl", _list(mix, count)))


def memory_of(mix: Mix, count: int, look_ups: int) -> float:
    if not sys.platform.startswith("linux"):
        raise MissingError("the peak of a process is read from /proc")
    return memory(_list(mix, count), made(_key(), 5000), spki(_key().public_key()), look_ups)
