from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import InvalidValueError, StateError
from pkitools.x509.model import Extension
from pkitools_test_pki import crl, der
from pkitools_test_pki.algorithms import PSS_SHA512
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import REASONS, CrlBlueprint, RevokedEntry
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from tests.test_pki.conftest import MOMENT

HOUR = timedelta(hours=1)


@pytest.fixture
def tsp() -> Authority:
    return build("g4-tls", moment=MOMENT, keys=elliptic_keys)["g4-tls-tsp"]


def load(data: bytes) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl(data)


def number(data: bytes) -> int:
    return load(data).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def serials(data: bytes) -> list[int]:
    return [entry.serial_number for entry in load(data)]


def revoked(tsp: Authority, count: int) -> list[int]:
    leaves = [tsp.issue(key=tsp.key) for _ in range(count)]
    for leaf in leaves:
        tsp.revoke(leaf, "superseded")
    return [leaf.serial_number for leaf in leaves]


def test_an_empty_crl_has_no_list_at_all(tsp: Authority) -> None:
    data = tsp.crl()
    read = load(data)
    assert not list(read)
    assert read.is_signature_valid(tsp.key.public_key())  # type: ignore[arg-type]  # an EC key
    assert read.issuer == tsp.certificate.load().subject
    assert (read.last_update_utc, read.next_update_utc) == (MOMENT, MOMENT + 48 * HOUR)
    assert [e.oid.dotted_string for e in read.extensions] == ["2.5.29.35", "2.5.29.20"]
    assert not any(e.critical for e in read.extensions)


def test_a_g4_crl_is_signed_as_its_certificates(rsa_pki: PKI) -> None:
    authority = rsa_pki["g4-tls-tsp"]
    read = load(authority.crl())
    assert PSS_SHA512.algorithm_identifier in read.public_bytes(Encoding.DER)
    assert read.is_signature_valid(authority.key.public_key())  # type: ignore[arg-type]  # an RSA key


def test_numbers_increase_over_all_kinds(tsp: Authority) -> None:
    published = [tsp.crl(), tsp.delta_crl(), tsp.partitioned_crl(0, 4), tsp.crl(), tsp.delta_crl()]
    assert [number(data) for data in published] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_reason_is_written_as_its_code(tsp: Authority, reason: str) -> None:
    leaf = tsp.issue(key=tsp.key)
    tsp.revoke(leaf, reason, moment=MOMENT + HOUR)
    entry = load(tsp.crl()).get_revoked_certificate_by_serial_number(leaf.serial_number)
    assert entry is not None
    assert entry.revocation_date_utc == MOMENT + HOUR
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value.lower() == reason.lower()


def test_a_revocation_may_give_no_reason(tsp: Authority) -> None:
    leaf = tsp.issue(key=tsp.key)
    tsp.revoke(leaf, None)
    (entry,) = load(tsp.crl())
    assert not list(entry.extensions)


def test_status_follows(tsp: Authority) -> None:
    leaf = tsp.issue(key=tsp.key)
    assert tsp.status(leaf.serial_number) == ("good", None)
    assert tsp.status(12345) == ("unknown", None)
    revocation = tsp.revoke(leaf)
    assert tsp.status(leaf.serial_number) == ("revoked", revocation)


def test_what_cannot_be_revoked(tsp: Authority) -> None:
    leaf = tsp.issue(key=tsp.key)
    with pytest.raises(InvalidValueError, match=r"not a reason.*keyCompromise"):
        tsp.revoke(leaf, "boredom")
    with pytest.raises(InvalidValueError, match="no certificate"):
        tsp.revoke(99)
    tsp.revoke(leaf.serial_number)
    with pytest.raises(InvalidValueError, match="revoked before"):
        tsp.revoke(leaf)


def test_a_delta_lists_what_came_since_the_last_complete_one(tsp: Authority) -> None:
    with pytest.raises(StateError, match="no complete CRL"):
        tsp.delta_crl()
    first = revoked(tsp, 2)
    base = number(tsp.crl())
    second = revoked(tsp, 3)
    delta = tsp.delta_crl()
    assert serials(delta) == second
    indicator = load(delta).extensions.get_extension_for_class(x509.DeltaCRLIndicator)
    assert (indicator.critical, indicator.value.crl_number) == (True, base)
    assert serials(tsp.crl()) == first + second
    assert serials(tsp.delta_crl()) == []


def test_partitions_cover_every_serial_number_once(tsp: Authority) -> None:
    every = revoked(tsp, 40)
    partitions = [tsp.partitioned_crl(part, 3) for part in range(3)]
    assert sorted(serial for data in partitions for serial in serials(data)) == sorted(every)
    for part, data in enumerate(partitions):
        extension = load(data).extensions.get_extension_for_class(x509.IssuingDistributionPoint)
        assert extension.critical
        assert [name.value for name in extension.value.full_name or ()] == [tsp.partition_url(part)]
        assert {tsp.partition_of(serial, 3) for serial in serials(data)} <= {part}


def test_a_crl_can_deviate(tsp: Authority) -> None:
    other = build("g4-tls", moment=MOMENT, keys=elliptic_keys)["g4-tls-tsp"]
    unknown = Extension("1.2.3.4", True, b"\x05\x00")
    data = tsp.crl(
        number=7,
        this_update=MOMENT - 99 * HOUR,
        next_update=None,
        revocations=[RevokedEntry(5, MOMENT)],
        signing_key=other.key,
        extensions=[unknown],
        without=["2.5.29.35"],
    )
    read = load(data)
    assert (number(data), serials(data), read.next_update_utc) == (7, [5], None)
    assert [e.oid.dotted_string for e in read.extensions] == ["2.5.29.20", "1.2.3.4"]
    assert not read.is_signature_valid(tsp.key.public_key())  # type: ignore[arg-type]  # an EC key
    assert load(tsp.crl(hours=1)).next_update_utc == MOMENT + HOUR
    version_1 = load(tsp.crl(raw={"version": b"", "extensions": b""}))
    assert not list(version_1.extensions)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 2**159),
            st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001  # made aware below
            st.sampled_from([None, *REASONS]),
        ),
        max_size=20,
    )
)
def test_any_entries_are_read_back(rows: list[tuple[int, datetime, str | None]]) -> None:
    entries = [
        RevokedEntry(serial, moment.replace(microsecond=0, tzinfo=UTC), reason) for serial, moment, reason in rows
    ]
    read = load(_signed(entries))
    assert [(e.serial_number, e.revocation_date_utc) for e in read] == [(e.serial_number, e.moment) for e in entries]


def _signed(entries: list[RevokedEntry]) -> bytes:
    from pkitools_test_pki.algorithms import ECDSA_SHA256

    name = b"\x30\x00"
    blueprint = CrlBlueprint(ECDSA_SHA256, name, MOMENT, MOMENT, entries, (crl.crl_number(1),))
    return blueprint.signed(elliptic_keys("rsa:3072"))


def test_an_entry_can_have_extensions_of_its_own() -> None:
    invalid = Extension(crl.INVALIDITY_DATE, False, der.generalized_time(MOMENT))
    (entry,) = load(_signed([RevokedEntry(1, MOMENT, "superseded", (invalid,))]))
    assert [e.oid.dotted_string for e in entry.extensions] == [crl.REASON_CODE, crl.INVALIDITY_DATE]


def test_a_distribution_point_says_what_the_crl_covers() -> None:
    def flags() -> Iterator[tuple[str, bool]]:
        for flag in ("only_user", "only_ca", "indirect"):
            value = crl.issuing_distribution_point(**{flag: True}).value  # type: ignore[arg-type]  # names of flags
            yield flag, value in {b"\x30\x03\x81\x01\xff", b"\x30\x03\x82\x01\xff", b"\x30\x03\x84\x01\xff"}

    assert dict(flags()) == {"only_user": True, "only_ca": True, "indirect": True}
