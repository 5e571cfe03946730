"""The CRLs a server has ready: every kind right, renewed in time, and true after every revocation."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from pkitools_test_pki.authority import Authority
from pkitools_test_pki.folder import create_folder, open_folder
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI
from pkitools_test_pki.server.ready_crls import ReadyCRLs
from pkitools_test_pki.server.served_pki import ServedFolderPKI, ServedMemoryPKI
from tests.support.serving import MOMENT, Clock


@pytest.fixture
def tsp(pki: PKI) -> Authority:
    return pki["g4-tls-tsp"]


@pytest.fixture
def ready_crls(pki: PKI) -> ReadyCRLs:
    return ReadyCRLs(ServedMemoryPKI(pki), partitions=3, huge=1000)


def crl(
    ready_crls: ReadyCRLs, authority: Authority, kind: str = "full", *, at: timedelta = timedelta()
) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl(ready_crls.crl(authority, kind, MOMENT + at))


def number(found: x509.CertificateRevocationList) -> int:
    return found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def serials(found: x509.CertificateRevocationList) -> set[int]:
    return {entry.serial_number for entry in found}


def test_every_kind_is_signed_by_its_authority(ready_crls: ReadyCRLs, tsp: Authority) -> None:
    assert ready_crls.kinds == ("full", "delta", "0", "1", "2", "stale", "huge")
    for kind in ready_crls.kinds:
        found = crl(ready_crls, tsp, kind)
        assert found.is_signature_valid(tsp.key.public_key())  # type: ignore[arg-type]  # RSA or EC, both will do


def test_a_revocation_is_on_the_next_crl_and_an_unchanged_crl_is_not_made_again(
    ready_crls: ReadyCRLs, tsp: Authority
) -> None:
    leaf = tsp.issue()
    first = ready_crls.crl(tsp, "full", MOMENT)
    assert ready_crls.crl(tsp, "full", MOMENT + timedelta(hours=1)) is first
    tsp.revoke(leaf)
    second = crl(ready_crls, tsp)
    assert serials(second) == {leaf.serial_number}
    assert number(second) == number(x509.load_der_x509_crl(first)) + 1


def test_a_crl_is_renewed_before_its_end(ready_crls: ReadyCRLs, tsp: Authority) -> None:
    first = crl(ready_crls, tsp)
    assert first.next_update_utc == MOMENT + timedelta(hours=48)
    assert number(crl(ready_crls, tsp, at=timedelta(hours=43))) == number(first)
    renewed = crl(ready_crls, tsp, at=timedelta(hours=44))
    assert renewed.next_update_utc == MOMENT + timedelta(hours=44 + 48)


def test_a_delta_holds_what_was_revoked_since_its_base(ready_crls: ReadyCRLs, tsp: Authority) -> None:
    before, after, later = tsp.issue(), tsp.issue(), tsp.issue()
    tsp.revoke(before)
    base = crl(ready_crls, tsp)
    tsp.revoke(after)
    crl(ready_crls, tsp)  # a newer complete CRL must not empty the delta: clients hold the older one
    tsp.revoke(later)
    delta = crl(ready_crls, tsp, "delta")
    assert serials(delta) == {after.serial_number, later.serial_number}
    indicator = delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
    assert indicator.critical
    assert indicator.value.crl_number == number(base) < number(delta)


def test_partitions_divide_the_complete_crl_and_name_their_address(ready_crls: ReadyCRLs, tsp: Authority) -> None:
    leaves = [tsp.issue(serial_number=1000 + n) for n in range(7)]
    for leaf in leaves:
        tsp.revoke(leaf)
    parts = [crl(ready_crls, tsp, str(n)) for n in range(3)]
    assert [serials(part) for part in parts] == [{1002, 1005}, {1000, 1003, 1006}, {1001, 1004}]
    points = [part.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value for part in parts]
    assert [point.full_name[0].value for point in points if point.full_name] == [tsp.partition_url(n) for n in range(3)]


def test_the_stale_crl_has_ended_and_the_huge_one_is_huge(ready_crls: ReadyCRLs, tsp: Authority) -> None:
    leaf = tsp.issue()
    tsp.revoke(leaf)
    stale, huge, full = crl(ready_crls, tsp, "stale"), crl(ready_crls, tsp, "huge"), crl(ready_crls, tsp)
    assert stale.next_update_utc is not None
    assert stale.next_update_utc < MOMENT
    assert len(huge) == 1001
    assert leaf.serial_number in serials(huge)
    # examples take no number of their own
    assert number(stale) == number(huge) == number(full) == 1


# -- a folder that others work in ------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_folder(tmp_path / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    return tmp_path / "pki"


def test_what_another_process_revokes_is_seen_at_once(folder: Path) -> None:
    source = ServedFolderPKI(folder, moment=MOMENT, keys=elliptic_keys)
    try:
        ready_crls, tsp = ReadyCRLs(source), source.pki["g4-tls-tsp"]
        assert len(crl(ready_crls, tsp)) == 0
        with open_folder(folder, moment=MOMENT, keys=elliptic_keys) as other:
            leaf, _ = other.issue("g4-tls")
            other.revoke(leaf.serial_number, "keyCompromise", moment=MOMENT)
            published = other.store.crl("g4-tls-tsp")
        assert ready_crls.crl(tsp, "full", MOMENT) == published
    finally:
        source.close()


def test_a_crl_that_lags_behind_is_published_anew(folder: Path) -> None:
    """As when a process is killed between revoking and publishing."""
    source = ServedFolderPKI(folder, moment=MOMENT, keys=elliptic_keys)
    try:
        ready_crls, tsp = ReadyCRLs(source), source.pki["g4-tls-tsp"]
        crl(ready_crls, tsp)
        with open_folder(folder, moment=MOMENT, keys=elliptic_keys) as other:
            leaf, _ = other.issue("g4-tls")
            other.pki["g4-tls-tsp"].revoke(leaf)
        assert serials(crl(ready_crls, tsp)) == {leaf.serial_number}
    finally:
        source.close()


def test_renewing_writes_the_file_of_the_folder(folder: Path) -> None:
    clock = Clock()
    source = ServedFolderPKI(folder, moment=MOMENT, keys=elliptic_keys)
    try:
        ready_crls, tsp = ReadyCRLs(source), source.pki["g4-tls-tsp"]
        ready_crls.crl(tsp, "full", clock())
        clock.forward(hours=47)
        assert ready_crls.crl(tsp, "full", clock()) == (folder / "crl" / f"{tsp.file_name}.crl").read_bytes()
        assert crl(ready_crls, tsp, at=timedelta(hours=47)).last_update_utc == clock()
    finally:
        source.close()


@pytest.mark.slow
def test_nobody_ever_reads_a_torn_or_backward_crl(folder: Path) -> None:
    source = ServedFolderPKI(folder, moment=MOMENT, keys=elliptic_keys)
    ready_crls, tsp, faults = ReadyCRLs(source), source.pki["g4-tls-tsp"], list[str]()
    acknowledged: list[int] = []
    done = threading.Event()

    def read() -> None:
        highest = count = 0
        while not done.is_set() or not count:
            known = set(acknowledged)
            found = crl(ready_crls, tsp)
            if not found.is_signature_valid(tsp.key.public_key()):  # type: ignore[arg-type]  # RSA or EC
                faults.append("torn")
            if (now := number(found)) < highest:
                faults.append("went back")
            if not known <= serials(found):
                faults.append("a revocation is missing")
            highest, count = now, count + 1

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        with open_folder(folder, moment=MOMENT, keys=elliptic_keys) as other:
            for _ in range(25):
                leaf, _ = other.issue("g4-tls")
                other.revoke(leaf.serial_number, "superseded", moment=MOMENT)
                acknowledged.append(leaf.serial_number)
    finally:
        done.set()
        for reader in readers:
            reader.join()
        source.close()
    assert len(acknowledged) == 25
    assert not faults
