"""Large lists. The goals themselves are figures of ``benchmarks/crl.py``; here are bounds that any machine keeps."""

from __future__ import annotations

import hashlib
from pathlib import Path
from time import process_time

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks import crl as benchmark
from pkitools.crl import index as index_module
from pkitools.crl.index import SerialIndex
from pkitools.revocation import read_crl
from pkitools_test_pki.keys import spki
from tests.revocation.test_index import UNKNOWN, entry, serial_of
from tests.support.costs import MIB, cost
from tests.support.effort import bounded

ENTRIES = 200_000


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def large(key: rsa.RSAPrivateKey) -> bytes:
    return benchmark.made(key, ENTRIES)


@pytest.mark.slow
def test_reading_takes_a_few_hashes(large: bytes, key: rsa.RSAPrivateKey) -> None:
    public = spki(key.public_key())
    first = min(benchmark.timed(lambda: benchmark.first(large, public)) for _ in range(3))
    assert first < 20 * min(benchmark.timed(lambda: hashlib.sha256(large).digest()) for _ in range(3))
    assert read_crl(large).index.count == ENTRIES


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mixed", "hundred layouts"])
def test_entries_of_any_mix_are_read_many_at_a_time(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted and not timed: of 50,000 entries no more than one in thirty is read by itself."""
    data = benchmark.mixed(50_000) if kind == "mixed" else benchmark.hundred_layouts(50_000)
    alone = []
    plain = index_module.read_entry
    monkeypatch.setattr(index_module, "read_entry", lambda *given: alone.append(0) or plain(*given))  # type: ignore[func-returns-value]  # counts
    assert SerialIndex(data, 0, len(data)).count == 50_000
    assert len(alone) < 1_700


@pytest.mark.slow
def test_later_look_ups_cost_nothing_beside_the_first(large: bytes) -> None:
    began = process_time()
    hashlib.sha256(large).digest()
    once_over = process_time() - began  # of 37 MB: no look-up that goes over the list takes less
    listed, absent = benchmark.lookups(large)
    assert max(listed, absent) < once_over / 50


@pytest.mark.slow
def test_memory_is_a_few_times_the_file(large: bytes, key: rsa.RSAPrivateKey) -> None:
    small = benchmark.made(key, 5000)
    public = spki(key.public_key())
    assert benchmark.memory(large, small, public) < 1.5
    assert benchmark.memory(large, small, public, look_ups=50) < 2.5


@pytest.mark.slow
@pytest.mark.parametrize("read", ["read_crl(data).signed_by(public)", "read_crl(data).index.find(bytes(20))"])
def test_sixty_mebibytes_that_nobody_signed_cost_less_than_themselves(
    read: str, key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    rows = b"".join(entry(serial_of(n, 3 + n % 18), extensions=UNKNOWN if n % 2 else b"") for n in range(1000))
    signed = benchmark.made(key, 0, entries=rows * ((60 << 20) // len(rows)))
    (tmp_path / "list.crl").write_bytes(signed[:-1] + bytes((signed[-1] ^ 1,)))
    public = spki(key.public_key()).hex()
    make = f"data = open({str(tmp_path / 'list.crl')!r}, 'rb').read(); public = bytes.fromhex({public!r})"
    memory, effort, code, size = cost(make, read)
    assert size > 59 * MIB
    assert not code
    assert memory < 4 * MIB  # the entries are neither copied nor kept, also where they are read to be shown
    assert effort < (1 if "signed_by" in read else 10)  # usually a tenth of it


def test_serial_numbers_that_differ_in_front_only_are_found_as_fast() -> None:
    """A counter in front and the authority's mark behind: keys of the last octets would all be one."""
    mark = bytes(range(1, 9))
    numbers = [b"\x41" + number.to_bytes(4, "big") + mark for number in range(20_000)]
    data = b"".join(map(entry, numbers))
    index = SerialIndex(data, 0, len(data))
    with bounded(1.0):
        assert all(index.find(number) is not None for number in numbers[::20])
        assert not any(index.find(b"\x42" + number[1:]) for number in numbers[::20])


def test_a_list_of_many_layouts_takes_no_more_than_its_entries(key: rsa.RSAPrivateKey) -> None:
    """The worst mix there is: every entry of another length than the one before."""
    rows = [entry(bytes((0x41,)) * (5 + number % 17), extensions=b"") for number in range(20_000)]
    data = b"".join(rows)
    with bounded(2.0):
        assert SerialIndex(data, 0, len(data)).count == 20_000
