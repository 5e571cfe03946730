"""The embedded CA certificates are what their table says, and form chains by signature."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.trust import (
    CACertificate,
    CAStatus,
    Knowledge,
    TrustAnchor,
    TrustStore,
    anchors,
    catalogue,
    embedded_certificates,
    embedded_intermediates,
    environment_of,
    get_hierarchy,
    hierarchies,
)
from tests.support.cases import in_one_test

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HELD = embedded_certificates()
READ = {c.sha256: x509.load_der_x509_certificate(c.der) for c in HELD}


@in_one_test
@pytest.mark.parametrize("held", HELD, ids=lambda c: c.common_name)
def test_a_certificate_is_the_one_of_its_fingerprint_and_row(held: CACertificate) -> None:
    assert hashlib.sha256(held.der).hexdigest() == held.sha256
    certificate = READ[held.sha256]
    assert certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value == held.common_name
    assert certificate.not_valid_before_utc == held.not_before
    assert certificate.not_valid_after_utc == held.not_after
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@in_one_test
@pytest.mark.parametrize("held", HELD, ids=lambda c: c.common_name)
def test_a_certificate_agrees_with_the_catalogue_and_its_hierarchy(held: CACertificate) -> None:
    entry = held.entry
    assert entry is not None
    assert (entry.name, entry.level, entry.hierarchy) == (
        held.common_name,
        held.level,
        held.hierarchy and held.hierarchy.name,
    )
    assert (entry.not_before, entry.not_after) == (held.not_before, held.not_after)
    certificate = READ[held.sha256]
    assert entry.ski == x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest.hex()
    assert entry.serial == f"{certificate.serial_number:x}"
    if held.level == "root":
        assert held.hierarchy is not None
        assert held.hierarchy.root_sha256 == held.sha256
        assert held.hierarchy.root == held.common_name


@in_one_test
@pytest.mark.parametrize("held", HELD, ids=lambda c: c.common_name)
def test_a_certificate_is_signed_by_the_one_above_it_up_to_its_own_root(held: CACertificate) -> None:
    entry = held.entry
    assert entry is not None
    assert entry.issuer_sha256 is not None
    READ[held.sha256].verify_directly_issued_by(READ[entry.issuer_sha256])
    above = next(c for c in HELD if c.sha256 == entry.issuer_sha256)
    assert above.hierarchy == held.hierarchy
    assert {"tsp": "domain", "domain": "root", "root": "root"}[held.level] == above.level
    assert isinstance(held, TrustAnchor) == (held.level == "root")


def test_all_sixteen_are_there_and_the_g4_ones_say_that_one_party_publishes_them() -> None:
    assert len(HELD) == 16
    assert {c.common_name for c in HELD if c.basis is Knowledge.ONE_PUBLISHER} == {
        c.common_name for c in HELD if c.hierarchy == get_hierarchy("g4-tls")
    }


def test_a_store_holds_the_hierarchies_asked_for_and_no_other() -> None:
    store = anchors(["g1-private", get_hierarchy("g4-tls")])
    assert [a.common_name for a in store.anchors] == [
        "Staat der Nederlanden Private Root CA - G1",
        "Staat der Nederlanden - G4 Root Priv G-TLS - 2024",
    ]
    assert store.missing == ()
    assert anchors([]) == TrustStore()


def test_a_hierarchy_without_a_root_at_hand_is_named_missing() -> None:
    store = anchors(["g4-other", "g3"])
    assert [h.name for h in store.missing] == ["g4-other"]
    assert [a.hierarchy and a.hierarchy.name for a in store.anchors] == ["g3"]


def test_an_unknown_hierarchy_is_refused_by_name() -> None:
    with pytest.raises(InvalidValueError, match="no hierarchy named g5"):
        anchors(["g5"])


@pytest.mark.parametrize("name", ["ev", "g1-private", "g4-tls"])
def test_an_anchor_counts_from_its_first_second_to_its_last_and_not_beyond(name: str) -> None:
    store = anchors([name])
    (root,) = store.anchors
    second = timedelta(seconds=1)
    assert store.at(root.not_before) == store.at(root.not_after) == (root,)
    assert store.at(root.not_before - second) == store.at(root.not_after + second) == ()


def test_intermediates_come_by_hierarchy_and_never_hold_a_root() -> None:
    roots = {c.der for c in HELD if c.level == "root"}
    assert len(embedded_intermediates()) == 11
    assert not roots & set(embedded_intermediates())
    assert len(embedded_intermediates("g4-tls")) == 5
    assert set(embedded_intermediates("g4-tls", "g1-private")) == set(embedded_intermediates())
    assert embedded_intermediates("g3") == ()


def test_stores_add_up_without_doubles() -> None:
    both = anchors(["g3", "g4-eutl"]) + anchors(["g3", "g2", "g4-eutl"])
    assert [a.hierarchy and a.hierarchy.name for a in both.anchors] == ["g3", "g2"]
    assert [h.name for h in both.missing] == ["g4-eutl"]
    assert both.find(both.anchors[0].sha256.upper()) == both.anchors[0]
    assert both.find("00") is None


def test_the_root_decides_the_environment() -> None:
    rooted = [(hierarchy, hierarchy.root_sha256) for hierarchy in hierarchies() if hierarchy.root_sha256]
    assert rooted
    for hierarchy, root in rooted:
        assert environment_of(root.upper()) is hierarchy.environment
    production = [h.name for h in hierarchies() if h.environment is Environment.PRODUCTION]
    assert production == [
        "g4-tls",
        "g4-other",
        "g4-cibg",
        "g4-eutl",
        "g4-smime",
        "g1-private",
        "g3",
        "ev",
        "g2",
        "g1-public",
    ]
    assert environment_of("00" * 32) is None


def test_every_hierarchy_is_whole() -> None:
    names = [h.name for h in hierarchies()]
    assert len(names) == len(set(names))
    for hierarchy in hierarchies():
        assert hierarchy.purpose.keys() == {"nl", "en"}
        assert all(text.endswith(".") for text in hierarchy.purpose.values())
        if hierarchy.root_sha256:
            entry = catalogue().by_sha256[hierarchy.root_sha256]
            assert (entry.name, entry.level, entry.kind) == (hierarchy.root, "root", hierarchy.kind)


def test_status_follows_the_dates() -> None:
    assert get_hierarchy("ev").status(NOW) is CAStatus.EXPIRED
    assert get_hierarchy("g3").status(NOW) is CAStatus.VALID
    assert get_hierarchy("g4-other").status(NOW) is CAStatus.UNKNOWN
    assert get_hierarchy("g4-tls").status(datetime(2020, 1, 1, tzinfo=UTC)) is CAStatus.NOT_YET_VALID


@in_one_test
@pytest.mark.interop
@pytest.mark.parametrize("held", [c for c in HELD if c.level == "tsp"], ids=lambda c: c.common_name)
def test_openssl_agrees_on_the_path_to_the_root(held: CACertificate, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    assert held.hierarchy is not None
    pem = {c.level: READ[c.sha256].public_bytes(Encoding.PEM) for c in HELD if c.hierarchy == held.hierarchy}
    for level, data in {**pem, "tsp": READ[held.sha256].public_bytes(Encoding.PEM)}.items():
        (tmp_path / level).write_bytes(data)
    command = [openssl, "verify", "-attime", str(int(NOW.timestamp())), "-x509_strict"]
    # CPS URIs and names of real CAs are not all as -x509_strict likes them; the G4 ones are
    command = command if held.hierarchy.name == "g4-tls" else command[:-1]
    command += ["-CAfile", str(tmp_path / "root"), "-untrusted", str(tmp_path / "domain"), str(tmp_path / "tsp")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
