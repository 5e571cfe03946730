"""Trust bundles: one hierarchy, nothing that is not valid; a bundle of somebody's own judged; the publisher asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509 import load_der_x509_certificate
from hypothesis import given
from hypothesis import strategies as st

from pkitools.containers import read_source
from pkitools.errors import InputError, InvalidValueError, SecretError
from pkitools.exports import (
    BundleFinding,
    BundleFormat,
    Published,
    compare_bundle,
    published_authorities,
    subject_hash,
    trust_bundle,
)
from pkitools.fetching import Fetched, FetchError, FetchRequest, HttpStatus
from pkitools.trust import CAStatus, catalogue, embedded_certificates, hierarchies
from pkitools_test_pki.faults import http
from pkitools_test_pki.pki import PKI
from tests.exports.conftest import MOMENT
from tests.revocation.material import loopback_fetcher
from tests.support.cases import in_one_test
from tests.support.der import certificate, common_name, name
from tests.support.effort import examples
from tests.support.fault_server import FaultServer

HELD = embedded_certificates()
ROOTS = {one.hierarchy.name: one for one in HELD if one.level == "root" and one.hierarchy}
VALID = sorted(label for label, root in ROOTS.items() if root.status(MOMENT) is CAStatus.VALID)


@in_one_test
@pytest.mark.parametrize("hierarchy", [each.name for each in hierarchies()])
@pytest.mark.parametrize("intermediates", [False, True])
def test_a_bundle_is_of_one_hierarchy_and_valid_or_there_is_none(hierarchy: str, intermediates: bool) -> None:
    def make() -> tuple[bytes, ...]:
        bundle = trust_bundle(hierarchy, "pem", "/srv/b.pem", moment=MOMENT, intermediates=intermediates)
        return read_source(bundle.outputs[0].data, "b.pem").certificates

    if hierarchy not in VALID:
        with pytest.raises(InputError) as refused:
            make()
        assert refused.value.code in {"exports.error.root_not_held", "exports.error.root_not_valid"}
        return
    wanted = [one.der for one in HELD if one.hierarchy and one.hierarchy.name == hierarchy]
    assert list(make()) == (wanted if intermediates else [ROOTS[hierarchy].der])


def test_every_form_of_a_bundle_holds_the_same() -> None:
    root = ROOTS["g1-private"]
    for form in BundleFormat:
        bundle = trust_bundle("g1-private", form, "/srv/b", moment=MOMENT, passphrase=b"changeit", rounds=100)
        data = bundle.outputs[0].data
        if form in {BundleFormat.PKCS12, BundleFormat.JKS}:
            held = pkcs12.load_pkcs12(data, b"changeit")
            assert (held.key, len(held.additional_certs)) == (None, 1)
        assert read_source(data, "b", passphrase=b"changeit").certificates == (root.der,)
        assert [output.secret for output in bundle.outputs] == [False]


def test_the_names_in_a_folder_are_those_openssl_looks_for() -> None:
    bundle = trust_bundle("g1-private", "folder", "/srv/b", moment=MOMENT, intermediates=True)
    names = [Path(output.path).name for output in bundle.outputs]
    assert names == [f"{subject_hash(one.der)}.0" for one in bundle.certificates]
    assert subject_hash(ROOTS["g1-private"].der) == "8ef1befa"  # as OpenSSL 3.0 has it


def test_the_systems_of_a_hierarchy_are_told() -> None:
    found = {(one.system.name, str(one.environment)) for one in accepted("g1-private")}
    assert ("digikoppeling", "production") in found
    assert ("digikoppeling", "preproduction") not in found
    assert ("kvk", "production") in found


def accepted(hierarchy: str) -> tuple[object, ...]:
    return trust_bundle(hierarchy, "pem", "/srv/b", moment=MOMENT).accepted_by


def test_a_keystore_without_a_passphrase_and_a_hierarchy_nobody_knows() -> None:
    with pytest.raises(SecretError):
        trust_bundle("g1-private", "jks", "/srv/b", moment=MOMENT)
    with pytest.raises(InvalidValueError):
        trust_bundle("g9", "pem", "/srv/b", moment=MOMENT)


# -- a bundle of somebody's own --------------------------------------------------------------------------------------


@examples(25)
@given(st.sets(st.sampled_from(sorted(ROOTS))), st.sets(st.sampled_from(VALID), min_size=1))
def test_what_a_bundle_lacks_and_has_too_much_adds_up(present: set[str], wanted: set[str]) -> None:
    found = compare_bundle([ROOTS[each].der for each in sorted(present)], moment=MOMENT, hierarchies=sorted(wanted))
    assert {one.hierarchy.name for one in found.missing if one.hierarchy} == wanted - present
    judged = {entry.authority.hierarchy: entry.finding for entry in found.entries if entry.authority}
    for each in present:
        if each not in VALID:
            assert judged[each] is BundleFinding.EXPIRED
        else:
            assert judged[each] is (BundleFinding.GOOD if each in wanted else BundleFinding.OTHER_HIERARCHY)
    assert found.is_right is (wanted <= present and present <= set(VALID))


def test_each_thing_that_does_not_belong_in_a_bundle(pki: PKI) -> None:
    g3 = name(common_name("Staat der Nederlanden Root CA - G3"))
    heap = [
        ROOTS["g1-private"].der,
        ROOTS["g1-private"].der,
        certificate(g3, issuer=g3),
        pki.issue("g4-tls").der,
        pki["g4-tls-root"].certificate.der,
        ROOTS["ev"].der,
        b"\x30\x03\x02\x01\x00",
    ]
    found = compare_bundle(heap, moment=MOMENT, hierarchies=["g1-private"])
    assert [str(entry.finding) for entry in found.entries] == [
        "good",
        "twice",
        "look_alike",
        "not_authority",
        "test_authority",
        "expired",
        "unreadable",
    ]
    assert not found.is_right


def test_without_being_told_it_is_held_against_what_is_in_it(pki: PKI) -> None:
    tsp = next(one for one in HELD if one.level == "tsp" and one.hierarchy and one.hierarchy.name == "g1-private")
    found = compare_bundle([tsp.der], moment=MOMENT)
    assert [one.name for one in found.hierarchies] == ["g1-private"]
    assert [one.sha256 for one in found.missing] == [ROOTS["g1-private"].sha256]
    nothing = compare_bundle([pki["g4-tls-root"].certificate.der], moment=MOMENT)
    assert nothing.hierarchies == ()


@pytest.mark.parametrize("shape", ["g4-tls", "g1-private"])
def test_an_authority_of_a_test_is_never_among_what_production_trusts(pki: PKI, shape: str) -> None:
    own = pki.issue("g4-tls" if shape == "g4-tls" else "g1-server").path[1:]
    for tests in (own[-1:], own):
        ders = [link.der for link in tests]
        for each in VALID:
            for asked in ((), (each,)):
                found = compare_bundle([ROOTS[each].der, *ders], moment=MOMENT, hierarchies=asked)
                assert [str(entry.finding) for entry in found.entries[1:]] == ["test_authority"] * len(ders)
                assert not found.is_right
        alone = compare_bundle(ders, moment=MOMENT)
        assert {str(entry.finding) for entry in alone.entries} == {"test_hierarchy"}
        rehearsal = compare_bundle(ders, moment=MOMENT, hierarchies=["trial-g4-tls"])
        assert not any(entry.finding.is_wrong for entry in rehearsal.entries), "a trust store of a test may hold tests"


def test_of_a_root_that_is_not_held_nothing_is_said() -> None:
    found = compare_bundle([ROOTS["g1-private"].der], moment=MOMENT, hierarchies=["g4-other"])
    assert [one.name for one in found.not_held] == ["g4-other"]
    assert found.missing == ()


# -- the publisher ---------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ENTRIES = [entry for entry in catalogue().entries if entry.download and entry.sha256 in {one.sha256 for one in HELD}][
    :4
]
DERS = {one.sha256: one.der for one in HELD}


@pytest.fixture
def server() -> FaultServer:
    return FaultServer()


def asked(server: FaultServer, *behaviours: tuple[object, bytes]) -> list[tuple[str, str]]:
    """What came of asking for as many authorities, each of which the server answers so."""
    with server:
        entries = []
        for number, (behaviour, body) in enumerate(behaviours):
            url = server.serve(f"/{number}.cer", behaviour, body, "application/pkix-cert")  # type: ignore[arg-type]  # any of the faults
            entries.append(replace(ENTRIES[number], download=url))
        fetcher = loopback_fetcher(server.port, seconds=5.0)
        found = published_authorities(fetcher, entries=entries, host="127.0.0.1", seconds=5.0)
    for one in found:
        assert (one.der is None) is (one.state is not Published.SAME)
        assert one.der is None or one.der == DERS[one.entry.sha256 or ""]
    return [(str(one.state), one.detail) for one in found]


def test_only_what_is_what_we_know_is_kept(server: FaultServer) -> None:
    own, another = DERS[ENTRIES[0].sha256 or ""], DERS[ENTRIES[1].sha256 or ""]
    states = asked(server, (http.good, own), (http.good, own), (http.good, b"<html>"), (http.good, another))
    assert [state for state, _ in states] == ["same", "other", "no_certificate", "other"]
    assert states[1][1] == ENTRIES[0].sha256


RESET = http.BEHAVIOURS["N1"]
# slow ones (N3, N4) are of the fetcher's own tests; of these two what came is the certificate all the same
FAULTS = [fault for fault in http.BEHAVIOURS if not fault.startswith(("N3", "N4.", "N13.downgrade"))]
HARMLESS = {"N7", "N8"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_keeps_nothing_and_is_told(server: FaultServer, fault: str) -> None:
    [(state, detail)] = asked(server, (http.BEHAVIOURS[fault], DERS[ENTRIES[0].sha256 or ""]))
    if fault in HARMLESS:
        assert state == "same"
        return
    assert state in {"not_fetched", "no_certificate"}
    assert detail


def test_who_cannot_be_reached_is_not_asked_for_ever(server: FaultServer) -> None:
    assert [state for state, _ in asked(server, *[(RESET, b"")] * 4)] == [*["not_fetched"] * 3, "not_asked"]


def test_a_publisher_that_takes_its_time_gets_no_more_than_was_given() -> None:
    """One that answers each question just in time, and never fails three times in a row, could keep us for minutes."""
    now, spent = [0.0], []

    class Slow:
        def fetch(self, request: FetchRequest) -> Fetched:
            assert request.seconds is not None
            spent.append(request.seconds)
            now[0] += request.seconds
            raise FetchError(HttpStatus(404), request.url)

    entries = [replace(entry, download="http://127.0.0.1/a.cer") for entry in ENTRIES]
    found = published_authorities(
        Slow(), entries=entries, host="127.0.0.1", seconds=5.0, total_seconds=12.0, clock=lambda: now[0]
    )
    assert spent == [5.0, 5.0, 2.0]
    assert [str(one.state) for one in found] == [*["not_fetched"] * 3, "not_asked"]


def test_a_keystore_in_the_place_of_a_certificate_is_not_opened(server: FaultServer, pki: PKI) -> None:
    """Whoever sends one says how many rounds opening it takes; what is asked for is a certificate."""
    leaf = pki.issue()
    native: Any = leaf.key
    store = pkcs12.serialize_key_and_certificates(
        None, native, load_der_x509_certificate(leaf.der), None, NoEncryption()
    )
    assert read_source(store, "k.p12").certificates == (leaf.der,)
    assert asked(server, (http.good, store)) == [("no_certificate", "sources.error.keystore_unasked")]


def test_only_the_publisher_is_asked(server: FaultServer) -> None:
    with server:
        assert published_authorities(loopback_fetcher(server.port), host="127.0.0.1") == ()
        assert server.connections == 0
    assert {one.hostname for one in map(_parts, catalogue().entries) if one.hostname} >= {"cert.pkioverheid.nl"}


def _parts(entry: object) -> object:
    from urllib.parse import urlsplit

    return urlsplit(getattr(entry, "download", None) or "")
